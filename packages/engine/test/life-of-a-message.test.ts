import { copyDisk, createWorld, pair, type Person, type TestDisk } from "@pli/testkit";
import { labelKey } from "@pli/protocol/wire";
import { beforeAll, describe, expect, test } from "vitest";
import { allBytes, closeAll, rowsOf, unsent } from "./support/friends.ts";

/**
 * The way of one message, step by step, and what each party can see at each: the sender's disk, the
 * store, a stranger who uses the same store, the receiver. The steps are those of
 * docs/life-of-a-message.md.
 */
const TEXT = "Rendez-vous au moulin, à huit heures";
const world = createWorld();
const [FIRST, ROOM] = [0, 1];
let alice: Person, bob: Person, stranger: Person;
let conversation: string;
let before: number;

beforeAll(async () => {
  alice = await world.person("Alice", { receiptSlots: { every: 60_000, window: 0, decoys: false } });
  bob = await world.person("Barnabé", { receiptSlots: { every: 60_000, window: 0, decoys: false } });
  stranger = await world.person("Stranger");
  await pair(world, alice, bob);
  await world.clock.advance(5_000);
  conversation = (await alice.conversationWith("Barnabé")).id;
  before = world.store.next();
});

/** The whole of a disk as a thief finds it: the encrypted files. */
const rawDisk = ({ folder }: TestDisk): Buffer =>
  Buffer.concat([...folder.files.values()].map((file) => Buffer.from(file)));

const stored = (): Buffer =>
  Buffer.concat(world.store.entries().flatMap(({ label, cell }) => [Buffer.from(label), Buffer.from(cell)]));

describe("the life of a message", () => {
  test("1 to 3: typed and sent off line, it is saved as pending on the sender's disk before anything else happens", async () => {
    world.store.takeDown();
    await alice.engine.sendText({ conversation, text: TEXT });
    const [message] = (await alice.messages("Barnabé")).slice(-1);
    expect(message).toMatchObject({ body: { kind: "text", text: TEXT }, mine: true, state: "saved" });
    expect((await alice.read("status", {})).pending).toBe(1);
    expect(await rowsOf(copyDisk(alice.disk), "SELECT purpose, epoch FROM pending_contents")).toEqual([
      { purpose: "text", epoch: null },
    ]);
    expect(await rowsOf(copyDisk(alice.disk), "SELECT puts FROM send_queue")).toEqual([]);
    expect(rawDisk(alice.disk).includes(TEXT)).toBe(false);
    expect(world.store.next()).toBe(before);
  });

  test("4: its content is sealed into one cell, and that is saved before it leaves", async () => {
    world.store.bringUp();
    world.store.knobs.refusePuts = "store_busy";
    await world.clock.advance(3_000);
    const [item] = await rowsOf(copyDisk(alice.disk), "SELECT puts FROM send_queue");
    const puts = item?.["puts"] as Uint8Array;
    expect(puts.length).toBeGreaterThan(4096);
    expect(puts.length).toBeLessThan(4096 + 64);
    expect(Buffer.from(puts).includes(TEXT)).toBe(false);
    expect(world.store.next()).toBe(before);
  });

  test("5 to 7: the store has it durably: one cell of 4,096 bytes under a label, and nothing that tells whose", async () => {
    const [item] = await rowsOf(copyDisk(alice.disk), "SELECT puts FROM send_queue");
    const puts = item?.["puts"];
    const sealed = puts instanceof Uint8Array ? Buffer.from(puts) : Buffer.alloc(0);
    world.store.takeDown();
    world.store.knobs.refusePuts = undefined;
    await bob.engine.close();
    world.store.bringUp();
    await world.until(async () => (await alice.messages("Barnabé")).at(-1)?.state === "sent", "its storing");
    expect(world.store.next()).toBe(before + ROOM);
    const entry = world.store.entries().slice(before)[FIRST];
    expect(entry?.cell.length).toBe(4096);
    expect(sealed.includes(Buffer.from(entry?.cell ?? []))).toBe(true);
    for (const told of [TEXT, "Alice", "Barnabé"]) expect(stored().includes(told)).toBe(false);
    for (const id of [conversation, (await alice.read("status", {})).profile?.id ?? ""]) {
      expect(stored().includes(Buffer.from(id, "hex"))).toBe(false);
    }
    expect(await unsent(copyDisk(alice.disk))).toEqual([]);
  });

  test("8: everyone who follows the store reads the same feed; to a stranger it is a cell like any other", async () => {
    await world.clock.advance(5_000);
    await stranger.restart();
    const [place] = await rowsOf(copyDisk(stranger.disk), "SELECT position FROM positions");
    expect(place?.["position"]).toBe(before + ROOM);
    expect((await stranger.read("storage", {})).counters.cellsOpened).toBe(0);
    expect((await allBytes(copyDisk(stranger.disk))).includes(TEXT)).toBe(false);
  });

  test("9 to 11: the receiver recognises the label, opens the cell, saves and shows the message, and asks nobody for it", async () => {
    const { get, put } = world.store.seen;
    const shown: string[] = [];
    await bob.start(bob.disk);
    bob.engine.onMessage(({ body }) => shown.push(body.kind === "text" ? body.text : body.kind));
    await world.until(async () => (await bob.heard("Alice")).length === 1, "its arrival");
    expect(await bob.heard("Alice")).toEqual([TEXT]);
    expect(shown).toEqual([TEXT]);
    expect(world.store.seen).toMatchObject({ get, put });
    expect(rawDisk(bob.disk).includes(TEXT)).toBe(false);
    expect(await rowsOf(copyDisk(bob.disk), "SELECT * FROM arrived")).toEqual([]);
  });

  test("after: its key is gone from both disks: whoever takes them now cannot open the cell the store still has", async () => {
    const entry = world.store.entries().slice(before)[FIRST];
    await world.clock.advance(120_000);
    expect((await alice.messages("Barnabé")).at(-1)?.state).toBe("delivered");
    const sides = [alice.disk, bob.disk];
    await closeAll(alice, bob, stranger);
    for (const disk of sides) {
      const bytes = await allBytes(disk);
      expect(bytes.includes(Buffer.from(entry?.cell ?? []))).toBe(false);
      expect(bytes.includes(Buffer.from(entry?.label ?? []))).toBe(false);
    }
    expect(world.store.table.cells.has(labelKey(entry?.label ?? (new Uint8Array(32) as never)))).toBe(true);
    expect(world.clock.pending).toBe(0);
  });
});
