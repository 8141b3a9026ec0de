import { execFile } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { greet, randomCell, randomLabel } from "../packages/store/test/lib/client.ts";
import { whenTexts, type HomePerson } from "./lib/homes.ts";
import { pairOnStore } from "./lib/pair.ts";
import { hasFolder, temporaryFolder } from "./lib/store-process.ts";

const MAIN = join(import.meta.dirname, "../apps/server/bin/pli-server.mjs");
const server = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

const allSent = async (person: HomePerson): Promise<boolean> =>
  (await person.messages()).every(({ mine, state }) => !mine || state !== "saved");

test.runIf(hasFolder)(
  "after a store burned down and was restored, what it had lost is sent again, though strangers took its positions, and people talk on",
  async () => {
    const { store, alice, bob } = await pairOnStore();
    await alice.say("before");
    await whenTexts(bob, 1);
    const backup = join(temporaryFolder("backup"), "backup");
    expect((await server("backup", "--to", backup, "--data", store.data)).stdout).toContain("backed up and compared");

    await bob.close();
    await alice.say("lost with the store");
    await expect.poll(() => allSent(alice), { timeout: 20_000 }).toBe(true);
    await alice.close();
    await store.kill();
    renameSync(store.data, `${store.data}-lost`);
    expect((await server("restore", "--from", backup, "--data", store.data)).stdout).toContain("restored and compared");
    await store.start();
    const stranger = await greet(store.origin);
    for (let i = 0; i < 200; i += 1) await stranger.ask({ type: "put", label: randomLabel(), cell: randomCell() });
    await stranger.close();

    await Promise.all([alice.reopen(), bob.reopen()]);
    await whenTexts(bob, 2);
    await bob.say("after");
    await whenTexts(alice, 3);
    expect(await bob.texts()).toEqual(["before", "lost with the store", "after"]);
    expect(await alice.texts()).toEqual(["before", "lost with the store", "after"]);
  },
  180_000,
);
