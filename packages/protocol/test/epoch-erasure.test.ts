import { mlsExporter } from "ts-mls/keySchedule.js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  advanced,
  chainOf,
  chainSlot,
  chainsFromExport,
  nextChain,
  startEpoch,
  type ConversationKit,
  type Epoch,
} from "@pli/protocol/conversation";
import { concat, text, toHex, utf8 } from "@pli/protocol/crypto";
import { createCiphersuite } from "../src/conversation/mls/ciphersuite.ts";
import { inside } from "../src/conversation/mls/state.ts";
import { forgedCommit, plain, plainly } from "./group-attacks.ts";
import {
  at,
  createWorld,
  group,
  NO_AAD,
  NOW,
  everything,
  person,
  reread,
  trustAll,
  value,
  type World,
} from "./group-people.ts";

const OVER = { ok: false, error: "wrong_epoch" };
const PASSED_OVER = { ok: false, error: { code: "wrong_epoch" } };

let world: World;
let kit: ConversationKit;
beforeAll(async () => {
  world = await createWorld();
  kit = { crypto: world.crypto, groups: world.engine };
});

async function pair() {
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  return [at(states, 0), at(states, 1)] as const;
}

/** Everything a device keeps of an epoch. */
const saved = ({ group: state, chains, commits }: Epoch): Uint8Array =>
  concat(
    everything(world, state),
    ...chains.map(({ secret }) => secret),
    ...commits.flatMap(({ label, key }) => [label, key]),
  );

const firstLabel = (epoch: Epoch, leaf: number): string =>
  toHex(chainSlot(world.crypto, chainOf(epoch, leaf), 0).label);

/**
 * What a thief of these bytes can try: any 64 of them as the exporter secret, any 32 as E, as a
 * secret of a chain or as one a few steps before. Tells which of them gave the label.
 */
async function waysTo(label: string, bytes: Uint8Array): Promise<string[]> {
  const { crypto } = world;
  const cs = createCiphersuite(crypto);
  const ways = new Set<string>();
  for (let i = 0; i + 32 <= bytes.length; i++) {
    const window = bytes.slice(i, i + 32);
    if (gives(window)) ways.add("a chain secret");
    if (fromExport(window)) ways.add("E");
    if (i + 64 > bytes.length) continue;
    if (fromExport(await mlsExporter(bytes.slice(i, i + 64), "pli labels", NO_AAD, 32, cs)))
      ways.add("the exporter secret");
  }
  return [...ways];

  function gives(secret: Uint8Array): boolean {
    const chain = { leaf: 0, index: 0, secret };
    return [chain, nextChain(crypto, chain)].some((each) => toHex(chainSlot(crypto, each, 0).label) === label);
  }
  function fromExport(exported: Uint8Array): boolean {
    const { chains } = chainsFromExport(crypto, exported, 0, [0]);
    return chains.some((chain) => toHex(chainSlot(crypto, chain, 0).label) === label);
  }
}

describe("a label that was used", () => {
  test("cannot be derived again from a saved state and its chains, by any of the ways that lead to one", async () => {
    const [alice] = await pair();
    const exporter = inside(alice).keySchedule.exporterSecret.slice();
    const before = everything(world, alice);
    const exported = await world.engine.exportSecret(alice, "pli labels", NO_AAD, 32);
    const epoch = await startEpoch(kit, alice, 0);
    const used = firstLabel(epoch, 0);
    const after = saved(advanced(world.crypto, epoch, 0, 1));

    expect(await waysTo(used, before)).toEqual(["the exporter secret"]);
    expect(await waysTo(used, exported)).toEqual(["E"]);
    expect(await waysTo(used, chainOf(epoch, 0).secret)).toEqual(["a chain secret"]);
    expect(await waysTo(used, after)).toEqual([]);
    expect(toHex(before)).toContain(toHex(exporter));
    expect(toHex(after)).not.toContain(toHex(exporter));
  });

  test("cannot be derived from the call secret, which is another export of the same epoch", async () => {
    const [alice] = await pair();
    const exporter = inside(alice).keySchedule.exporterSecret.slice();
    const epoch = await startEpoch(kit, alice, 0);
    const callSecret = epoch.callSecret ?? NO_AAD;
    const exported = await mlsExporter(exporter, "pli call", NO_AAD, 32, createCiphersuite(world.crypto));
    expect(callSecret).toEqual(exported);
    expect(await waysTo(firstLabel(epoch, 0), callSecret)).toEqual([]);
  });

  test("can be by nobody who asks the engine for another export: it is erased in the state it came from too", async () => {
    const [alice] = await pair();
    const epoch = await startEpoch(kit, alice, 0);
    const parsed = reread(world, epoch.group);
    for (const state of [alice, epoch.group, parsed])
      expect(() => world.engine.exportSecret(state, "pli labels", NO_AAD, 32)).toThrow("erased");
    await expect(startEpoch(kit, alice, 0)).rejects.toThrow("erased");
  });

  test("has not taken the group with it: it sends, reads, commits, adds and is joined as before", async () => {
    const { engine } = world;
    const states = await pair();
    const [alice, bob] = [await startEpoch(kit, states[0], 0), await startEpoch(kit, states[1], 0)];
    const sent = await engine.encrypt(alice.group, utf8("still here"), NO_AAD);
    expect(text(value(await engine.decrypt(bob.group, sent.message, { sender: 0 })).content)).toBe("still here");

    const carol = await person(world, "carol");
    const add = { add: [carol.keyPackage], update: true, now: NOW, ...trustAll };
    const made = value(await engine.commit(bob.group, add));
    const atAlice = value(await engine.processCommit(sent.state, made.commit, trustAll));
    const atCarol = value(await engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW, ...trustAll }));
    const next = await Promise.all([made.state, atAlice.state, atCarol].map((state) => startEpoch(kit, state, 0)));
    expect(new Set(next.map((epoch) => firstLabel(epoch, 2))).size).toBe(1);
  });
});

describe("a past epoch kept for late senders", () => {
  /**
   * Alice's state of an epoch, what is kept of it, and the commit of bob that ended it, as the
   * store has it.
   */
  async function ended() {
    const states = await pair();
    const alice = states[0];
    const commit = value(await world.engine.commit(states[1], { update: true, now: NOW, ...trustAll }));
    const late = await world.engine.encrypt(states[1], utf8("late"), NO_AAD);
    const kept = reread(world, world.engine.readOnly(alice));
    return { alice, kept, commit, late };
  }

  test("leads to no key of the next one, where the whole state with the stored commit gives them all", async () => {
    const { engine } = world;
    const { alice, kept, commit } = await ended();
    const next = await startEpoch(kit, commit.state, 0);
    const stolen = value(await engine.processCommit(alice, commit.commit, trustAll));
    expect(firstLabel(await startEpoch(kit, stolen.state, 0), 1)).toBe(firstLabel(next, 1));

    expect(await engine.processCommit(kept, commit.commit, trustAll)).toEqual(PASSED_OVER);
    await expect(plainly(world.crypto, kept, commit.commit)).rejects.toThrow(Error);
    const { initSecret, exporterSecret } = inside(alice).keySchedule;
    const secrets = [initSecret, exporterSecret, ...Object.values(inside(alice).privatePath.privateKeys)];
    for (const secret of [...secrets, inside(alice).signaturePrivateKey]) {
      expect(toHex(everything(world, alice))).toContain(toHex(secret));
      expect(toHex(everything(world, kept))).not.toContain(toHex(secret));
    }
  });

  test("still opens what comes late, and knows who wrote it", async () => {
    const { kept, late } = await ended();
    const opened = value(await world.engine.decrypt(kept, late.message, { sender: 1 }));
    expect(text(opened.content)).toBe("late");
    expect(world.engine.members(kept)).toHaveLength(2);
    expect(world.engine.ownLeaf(kept)).toBe(0);
    expect(world.engine.epoch(kept)).toBe(1n);
  });

  test("sends nothing, commits nothing and exports nothing", async () => {
    const { kept } = await ended();
    expect(await world.engine.commit(kept, { update: true, now: NOW, ...trustAll })).toEqual(OVER);
    expect(await world.engine.encrypt(kept, utf8("x"), NO_AAD).catch(() => "refused")).toBe("refused");
    expect(() => world.engine.exportSecret(kept, "x", NO_AAD, 32)).toThrow("erased");
  });

  test("does not take the state it was made from with it", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    engine.readOnly(alice);
    const made = value(await engine.commit(alice, { update: true, now: NOW, ...trustAll }));
    expect((await engine.processCommit(bob, made.commit, trustAll)).ok).toBe(true);
  });

  test("is not led on by a commit made for an erased secret, which anybody in the group can make", async () => {
    const { crypto, engine } = world;
    const [alice, bob] = await pair();
    const zeros = new Uint8Array(64);
    const emptied = <S extends { keySchedule: object }>(state: S) => ({
      ...state,
      keySchedule: { ...state.keySchedule, initSecret: zeros },
    });
    const { commit } = await forgedCommit(crypto, emptied(inside(bob)), []);
    expect(await plainly(crypto, emptied(await plain(crypto, alice)), commit)).toMatchObject({ kind: "newState" });
    const wiped = value(await engine.commit(alice, { update: true, now: NOW, ...trustAll }));
    wiped.wipe();
    expect(await engine.processCommit(alice, commit, trustAll)).toEqual(PASSED_OVER);
  });
});
