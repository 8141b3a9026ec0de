import { execFile } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { dial } from "@pli/testkit/dials";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCircle, type Circle } from "./lib/circle.ts";
import { createHomePerson, pairPeople, type HomePerson } from "./lib/homes.ts";
import { hasFolder, startStoreProcess, temporaryFolder, type StoreProcess } from "./lib/store-process.ts";

/** How often each thing is done to the same people. */
const ROUNDS = dial("STORE_LOSSES");
/** What is promised: all talk again within a minute. */
const MINUTE = { timeout: 60_000, interval: 500 };

const MAIN = join(import.meta.dirname, "../apps/server/bin/pli-server.mjs");
const server = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

/**
 * What happens to a store: `before` while it still runs, `afterwards` once it has ended. Gives the
 * store that people find afterwards.
 */
interface Fate {
  before?(store: StoreProcess): Promise<void>;
  afterwards(store: StoreProcess): Promise<StoreProcess>;
}

const removed = (): Fate => ({
  afterwards: async (store) => {
    rmSync(store.data, { recursive: true });
    await store.start();
    return store;
  },
});

function restored(): Fate {
  let backup = "";
  return {
    before: async (store) => {
      backup = join(temporaryFolder("backup"), "backup");
      await server("backup", "--to", backup, "--data", store.data);
    },
    afterwards: async (store) => {
      renameSync(store.data, `${store.data}-lost`);
      await server("restore", "--from", backup, "--data", store.data);
      rmSync(`${store.data}-lost`, { recursive: true });
      await store.start();
      return store;
    },
  };
}

const moved = (): Fate => ({ afterwards: async (store) => startStoreProcess(store.data) });

/**
 * What is different in each round: who is away, whether a change is under way, whether somebody
 * comes or goes afterwards.
 */
function planOf(round: number, people: readonly HomePerson[]) {
  const away = [undefined, people[2], people[1], people[0]][round % 4];
  const change = round % 2 === 0 && away !== people[0] ? (round % 4 === 0 ? "waiting" : "leaving") : "none";
  return { away, change, comesOrGoes: round % 3 === 2 } as const;
}

/** The three, their store, and a fourth who comes and goes. */
interface Scene {
  store: StoreProcess;
  readonly circle: Circle;
  readonly dora: HomePerson;
  isDoraIn: boolean;
}

async function createScene(shape: Parameters<typeof createCircle>[2]): Promise<Scene> {
  const store = await startStoreProcess();
  const circle = await createCircle(store.origin, ["Olga", "Anna", "Boris"], shape);
  const dora = await createHomePerson("Dora", store.origin);
  const [founder] = circle.people;
  if (founder !== undefined) await pairPeople(founder, dora);
  const scene: Scene = { store, circle, dora, isDoraIn: false };
  onTestFinished(async () => {
    await Promise.all([...circle.people, dora].map((person) => person.close()));
    await scene.store.kill();
  });
  await expect.poll(circle.problems, MINUTE).toEqual([]);
  return scene;
}

async function playRound(scene: Scene, round: number, fate: Fate): Promise<void> {
  const { circle, dora } = scene;
  const [founder = dora] = circle.people;
  const { away, change, comesOrGoes } = planOf(round, circle.people);
  const present = circle.people.filter((person) => person !== away);
  await fate.before?.(scene.store);
  await away?.close();
  // The store has these, and says so; the one who is away never saw them.
  await circle.sayInGroup(present, `before ${round}`);
  await circle.sayBetweenTwo(present, `before ${round}`);
  await expect.poll(() => circle.unsent(present), MINUTE).toEqual([]);
  if (change === "leaving") await circle.rename(founder, `Team ${round}`);
  await scene.store.kill();
  if (change === "waiting") await circle.rename(founder, `Team ${round}`);
  await circle.sayInGroup(present.slice(0, 1), `meanwhile ${round}`);

  const old = scene.store.origin;
  scene.store = await fate.afterwards(scene.store);
  if (scene.store.origin !== old) {
    for (const person of [...present, dora]) await person.reopen(scene.store.origin);
  }
  await circle.sayInGroup(present, `after ${round}`);
  await circle.sayBetweenTwo(present, `after ${round}`);
  await away?.reopen(scene.store.origin);
  await circle.sayInGroup(away === undefined ? [] : [away], `back ${round}`);
  await circle.sayBetweenTwo(away === undefined ? [] : [away], `back ${round}`);
  await expect.poll(circle.problems, MINUTE).toEqual([]);

  if (comesOrGoes) await (scene.isDoraIn ? circle.remove(dora) : circle.add(dora));
  if (comesOrGoes) scene.isDoraIn = !scene.isDoraIn;
  await expect.poll(circle.problems, MINUTE).toEqual([]);
  await circle.sayInGroup(scene.isDoraIn ? [...circle.people, dora] : circle.people, `in the end ${round}`);
  await expect.poll(circle.problems, MINUTE).toEqual([]);
}

async function play(shape: Parameters<typeof createCircle>[2], createFate: () => Fate): Promise<Scene> {
  const scene = await createScene(shape);
  for (let round = 1; round <= ROUNDS; round++) {
    await playRound(scene, round, createFate()).catch((error: unknown) => {
      throw new Error(`round ${round} of ${ROUNDS}`, { cause: error });
    });
  }
  return scene;
}

const PATIENCE = 120_000 * (ROUNDS + 1);

describe.runIf(hasFolder).each(["all know each other", "star"] as const)("three people in a group, %s", (shape) => {
  test("whose store lost its data talk again within a minute", () => play(shape, removed), PATIENCE);

  test("whose store was backed up and restored talk again within a minute", () => play(shape, restored), PATIENCE);

  test(
    "whose store moved to another address talk again within a minute, and nothing had to be set up again",
    async () => {
      const { circle } = await play(shape, moved);
      expect(await circle.repairs()).toEqual([]);
    },
    PATIENCE,
  );
});
