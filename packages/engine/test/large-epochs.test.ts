import { CHAIN_WINDOW, chainOf, createGroupEngine, sealMessage, type GroupState } from "@pli/protocol/conversation";
import { createCrypto, utf8 } from "@pli/protocol/crypto";
import { encodeRules } from "@pli/protocol/group";
import { createFakeClock, createTestDisk, openTestDatabase, type TestDisk } from "@pli/testkit";
import { expect, test } from "vitest";
import { createEpochs, type Epochs, type HeldEpoch } from "../src/epochs/epochs.ts";
import { createRevokedSenders } from "../src/epochs/revoked-senders.ts";
import { createEpochRoles } from "../src/epochs/epoch-roles.ts";
import { createContext, type Context, type Tx } from "../src/runtime/context.ts";
import { migrate } from "../src/runtime/storage/migrate.ts";

const crypto = await createCrypto();
const groups = createGroupEngine(crypto);
const options = {
  receiptSlots: { every: 500, window: 0, decoys: false },
  holePatience: 0,
  updateAfter: 0,
  updateEvery: 0,
  groupStateDelay: [0, 0],
  backups: "never",
  limits: {},
} as const;
const FEED = { conversation: "group", generation: 1, store: "http://store", feed: 0 };

/** A group of a number of members, as its founder has it. */
async function groupOf(members: number): Promise<GroupState> {
  const life = { notBefore: 0, notAfter: 86_400 };
  const made = async (name: string): Promise<{ keyPackage: Uint8Array; secret: Uint8Array }> =>
    groups.createKeyPackage({ credential: utf8(name), signKeys: crypto.signKeyPair(), ...life });
  const rules = encodeRules({
    conversation: crypto.random(32),
    name: "many",
    description: "",
    roles: new Map([["00".repeat(32), "owner"]]),
    whoAdds: "admins",
    whoWrites: "everyone",
    timer: 0,
    newcomersRead: "nothing",
  });
  let state = await groups.createGroup({ groupId: crypto.random(32), ...(await made("0")), rules });
  for (let from = 1; from < members; from += 200) {
    const names = Array.from({ length: Math.min(200, members - from) }, (_, i) => String(from + i));
    const add = (await Promise.all(names.map(made))).map(({ keyPackage }) => keyPackage);
    const allowed = { now: 100, check: () => true, allows: () => true };
    const commit = await groups.commit(state, { add, ...allowed });
    if (!commit.ok) throw new Error(commit.error);
    state = commit.value.state;
  }
  return state;
}

/** Epochs on a real database in memory, and the bytes that are written to its files. */
async function open(
  disk: TestDisk,
): Promise<{ context: Context; epochs: Epochs; written(): number; close(): Promise<void> }> {
  let bytes = 0;
  const { folder } = disk;
  const counting: TestDisk = {
    key: disk.key,
    folder: {
      ...folder,
      open: (name, create) => {
        const file = folder.open(name, create);
        const write = (chunk: Uint8Array, position: number): void => {
          bytes += chunk.length;
          file?.write(chunk, position);
        };
        return file && { ...file, write };
      },
    },
  };
  const database = await openTestDatabase(counting);
  await database.transaction((sql) => migrate(sql, crypto));
  const context = createContext({ database, crypto, groups, clock: createFakeClock(), options });
  const epochRoles = createEpochRoles(context);
  const epochs = createEpochs(context, { epochRoles, revokedSenders: createRevokedSenders(epochRoles) });
  await context.transact(async ({ sql }) => {
    await sql.run(
      `INSERT OR IGNORE INTO conversations (id, contact, store, feed, generation, state, active_at)
       VALUES ('group', '', 'http://store', 0, 1, 'ready', 0)`,
    );
  });
  return { context, epochs, written: () => bytes, close: () => database.close() };
}

async function say(context: Context, epochs: Epochs, text: string): Promise<void> {
  await context.transact(async (tx) => {
    const held = await current(epochs, tx);
    const sealed = await sealMessage(context, held.epoch, held.feed, utf8(text));
    await epochs.saveStep(tx, { ...held, epoch: sealed.epoch, sent: held.sent + 1 }, held.epoch.ownLeaf);
    tx.after(sealed.wipe);
  });
}

async function current(epochs: Epochs, tx: Tx): Promise<HeldEpoch> {
  const held = await epochs.current(tx, "group");
  if (held === undefined) throw new Error("no epoch");
  return held;
}

test("after a text in a group of 1,000, less than 64 KiB are written, and it goes on after a restart", async () => {
  const disk = createTestDisk();
  const first = await open(disk);
  const group = await groupOf(1000);
  await first.context.transact((tx) => first.epochs.start(tx, { ...FEED, group }));
  await say(first.context, first.epochs, "warm");
  const before = first.written();
  await say(first.context, first.epochs, "hello");
  expect(first.written() - before).toBeGreaterThan(0);
  expect(first.written() - before).toBeLessThan(64 * 1024);
  await first.close();

  const again = await open(disk);
  await again.context.transact(async (tx) => {
    const held = await current(again.epochs, tx);
    expect(chainOf(held.epoch, held.epoch.ownLeaf).index).toBe(2);
    expect(held.sent).toBe(2);
    expect(groups.members(held.epoch.group).length).toBe(1000);
  });
  await say(again.context, again.epochs, "and on");
});

test("in a large group two labels of a silent sender are expected, and all that can follow once they are heard", async () => {
  const { context, epochs } = await open(createTestDisk());
  const group = await groupOf(102);
  await context.transact(async (tx) => {
    const held = await epochs.start(tx, { ...FEED, group });
    const expected = (leaf: number): number => epochs.window(held, leaf).filter(isExpected).length;
    const isExpected = ({ label }: { label: Parameters<typeof context.expectations.find>[0] }): boolean =>
      context.expectations.find(label) !== undefined;
    expect(epochs.window(held, 7).map(({ index }) => index)).toEqual([0, 1]);
    expect(expected(7)).toBe(2);
    epochs.hear(held, 7);
    expect(expected(7)).toBe(CHAIN_WINDOW);
    expect(expected(8)).toBe(2);
    await epochs.eraseAll(tx, "group");
    expect([7, 8].map(expected)).toEqual([0, 0]);
  });
});

test("the keys of a window are those of the chain, whenever they are asked for", async () => {
  const { context, epochs } = await open(createTestDisk());
  const group = await groupOf(3);
  await context.transact(async (tx) => {
    const held = await epochs.start(tx, { ...FEED, group });
    const first = epochs.window(held, 1);
    const stale = epochs.window({ ...held }, 1);
    expect(first.map(({ key }) => Buffer.from(key).toString("hex"))).toEqual(
      stale.map(({ key }) => Buffer.from(key).toString("hex")),
    );
    expect(new Set(first.map(({ key }) => Buffer.from(key).toString("hex"))).size).toBe(CHAIN_WINDOW);
  });
});

test("large groups keep fewer past epochs", async () => {
  const kept = async (members: number): Promise<number> => {
    const { context, epochs } = await open(createTestDisk());
    const group = await groupOf(members);
    let state = group;
    for (let i = 0; i < 5; i++) {
      const made = await groups.commit(state, { update: true, now: 100, check: () => true, allows: () => true });
      if (!made.ok) throw new Error(made.error);
      state = made.value.state;
      await context.transact((tx) => epochs.start(tx, { ...FEED, group: state }));
    }
    return context.transact(async ({ sql }) => Number((await sql.all("SELECT count(*) AS n FROM epochs"))[0]?.["n"]));
  };
  expect(await kept(3)).toBe(4);
  expect(await kept(51)).toBe(3);
});
