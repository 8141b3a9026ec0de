import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { dial, randomFrom, seedOfRun } from "@pli/testkit/dials";
import { expect, test } from "vitest";
import { whenLive, whenTexts, type HomePerson } from "./lib/homes.ts";
import { pairOnStore } from "./lib/pair.ts";

const KILLS = dial("CLIENT_KILLS");

test(
  `a client killed at ${KILLS} random moments loses no message it had accepted and sends none twice (PLI_SEED=${seedOfRun})`,
  async () => {
    const { store, alice, bob } = await pairOnStore();
    await alice.close();
    const accepted: number[] = [];
    const random = randomFrom(seedOfRun);
    let next = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const numbers = await writeUntilKilled(alice, store.origin, next, random() * 250);
      accepted.push(...numbers);
      next += numbers.length + 1; // the one it was at may be saved without having been said
    }
    await alice.reopen();
    await whenLive(alice.api, "status", {}, ({ pending }) => pending === 0);
    const mine = await alice.texts();
    const theirs = await whenTexts(bob, mine.length);
    expect(theirs).toEqual(mine);
    expect(new Set(theirs).size).toBe(theirs.length);
    const arrived = new Set(theirs);
    expect(accepted.filter((n) => !arrived.has(`message ${n}`))).toEqual([]);
    expect((await bob.messages()).filter(({ body }) => body.kind === "gap")).toEqual([]);
  },
  100_000 + KILLS * 4_000,
);

/**
 * Runs the writer and kills it `ms` after it is ready; gives the numbers of the messages it said it
 * had saved.
 */
async function writeUntilKilled(person: HomePerson, store: string, first: number, ms: number): Promise<number[]> {
  const script = join(import.meta.dirname, "lib/writer.ts");
  const child = spawn(process.execPath, [script, person.folder, store, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const saved: number[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") setTimeout(() => child.kill("SIGKILL"), ms);
    else saved.push(Number(line));
  });
  await new Promise((resolve) => child.once("close", resolve));
  expect(child.signalCode).toBe("SIGKILL");
  return saved;
}
