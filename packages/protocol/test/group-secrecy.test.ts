import type { ClientState } from "ts-mls";
import { applyProposals, nextEpochContext } from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, text, toHex, utf8 } from "../src/crypto/index.ts";
import { createCiphersuite } from "../src/conversation/mls/ciphersuite.ts";
import { RETENTION } from "../src/conversation/mls/config.ts";
import { inside } from "../src/conversation/mls/state.ts";
import type { GroupState } from "../src/conversation/group.ts";
import { plain, plainly, privateMessageIn, time, wrapped } from "./group-attacks.ts";
import {
  at,
  createWorld,
  group,
  NO_AAD,
  NOW,
  everything,
  person,
  reread,
  saved,
  trustAll,
  value,
} from "./group-people.ts";
import type { World } from "./group-people.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("a removed member, with its whole old state", () => {
  test("opens nothing that comes after, neither message nor commit, by our engine or by plain ts-mls", async () => {
    const { engine, crypto } = world;
    const [alice, bob, carol] = await three();
    const removal = value(await engine.commit(alice, { remove: [2], now: NOW, ...trustAll }));
    const atBob = value(await engine.processCommit(bob, removal.commit, trustAll));
    const atCarol = value(await engine.processCommit(carol, removal.commit, trustAll));
    expect(atCarol.removedSelf).toBe(true);
    expect(engine.members(atBob.state).map(({ leaf }) => leaf)).toEqual([0, 1]);

    const message = await engine.encrypt(removal.state, utf8("without carol"), NO_AAD);
    const later = value(await engine.commit(atBob.state, { update: true, now: NOW, ...trustAll }));
    expect(text(value(await engine.decrypt(atBob.state, message.message, { sender: 0 })).content)).toBe(
      "without carol",
    );
    for (const stolen of [carol, atCarol.state]) {
      expect((await engine.decrypt(stolen, message.message, { sender: 0 })).ok).toBe(false);
      expect((await engine.processCommit(stolen, later.commit, trustAll)).ok).toBe(false);
      await expect(plainly(crypto, stolen, message.message)).rejects.toThrow(Error);
      await expect(plainly(crypto, stolen, later.commit)).rejects.toThrow(Error);
      expect(toHex(await engine.exportSecret(stolen, "x", NO_AAD, 32))).not.toBe(
        toHex(await engine.exportSecret(atBob.state, "x", NO_AAD, 32)),
      );
    }
    expect(await engine.encrypt(atCarol.state, utf8("still here"), NO_AAD).catch(() => "refused")).toBe("refused");
    expect(await engine.commit(atCarol.state, { update: true, now: NOW, ...trustAll })).toEqual({
      ok: false,
      error: "removed",
    });
  });

  test("cannot derive the next epoch even when it leaves its remover alone, where plain ts-mls lets it", async () => {
    const { engine, crypto } = world;
    const [alice, bob] = await pair();
    const cs = createCiphersuite(crypto);
    const byLibrary = await createCommit(
      { state: await plain(crypto, alice), cipherSuite: cs },
      { extraProposals: [{ proposalType: "remove", remove: { removed: 1 } }], authenticatedData: time(NOW) },
    );
    expect(await guessed(bob, wrapped(byLibrary.commit))).toBe(toHex(byLibrary.newState.keySchedule.exporterSecret));

    const ours = value(await engine.commit(alice, { remove: [1], now: NOW, ...trustAll }));
    expect(value(await engine.processCommit(bob, ours.commit, trustAll)).removedSelf).toBe(true);
    expect(await guessed(bob, ours.commit)).not.toBe(toHex(inside(ours.state).keySchedule.exporterSecret));
  });

  /**
   * What the removed member computes when it takes zeros for the commit secret and everything else
   * from the commit.
   */
  async function guessed(stolen: GroupState, commit: Uint8Array): Promise<string> {
    const cs = createCiphersuite(world.crypto);
    const state: ClientState = await plain(world.crypto, stolen);
    const { senderDataSecret, initSecret } = state.keySchedule;
    const got = await unprotectPrivateMessage(
      senderDataSecret,
      privateMessageIn(commit),
      state.secretTree,
      state.ratchetTree,
      state.groupContext,
      RETENTION,
      cs,
    );
    const { content, auth } = got.content;
    if (content.contentType !== "commit" || auth.contentType !== "commit" || content.commit.path === undefined)
      throw new Error("no path");
    const { tree } = await applyProposals(state, content.commit.proposals, toLeafIndex(0), emptyPskIndex, false, cs);
    const after = tree.slice();
    after[leafToNodeIndex(toLeafIndex(0))] = { nodeType: "leaf", leaf: content.commit.path.leafNode };
    const treeHash = await treeHashRoot(after, cs.hash);
    const next = await nextEpochContext(
      state.groupContext,
      "mls_private_message",
      content,
      auth.signature,
      treeHash,
      state.confirmationTag,
      cs.hash,
    );
    const epoch = await initializeEpoch(initSecret, new Uint8Array(64), next, new Uint8Array(64), cs.kdf);
    return toHex(epoch.keySchedule.exporterSecret);
  }
});

describe("a stolen state", () => {
  test("reads until its owner updates, and nothing after", async () => {
    const { engine, crypto } = world;
    const [alice, bob] = await pair();
    const thief = reread(world, bob);
    const before = await engine.encrypt(alice, utf8("before"), NO_AAD);
    expect(text(value(await engine.decrypt(thief, before.message, { sender: 0 })).content)).toBe("before");

    const healed = value(await engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    const atAlice = value(await engine.processCommit(alice, healed.commit, trustAll));
    const after = await engine.encrypt(atAlice.state, utf8("after"), NO_AAD);
    const next = value(await engine.commit(atAlice.state, { update: true, now: NOW, ...trustAll }));
    expect(await engine.processCommit(thief, healed.commit, trustAll)).toEqual({
      ok: false,
      error: { code: "own_commit", by: 1 },
    });
    for (const bytes of [healed.commit, after.message, next.commit])
      await expect(plainly(crypto, thief, bytes)).rejects.toThrow(Error);
    expect(text(value(await engine.decrypt(healed.state, after.message, { sender: 0 })).content)).toBe("after");
    expect((await engine.processCommit(healed.state, next.commit, trustAll)).ok).toBe(true);
  });

  test("holds no key of the messages already opened", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    const sent = await engine.encrypt(alice, utf8("read and gone"), NO_AAD);
    const read = value(await engine.decrypt(bob, sent.message, { sender: 0 }));
    const stolen = reread(world, read.state);
    expect(await engine.decrypt(stolen, sent.message, { sender: 0 })).toEqual({ ok: false, error: "out_of_order" });
  });
});

describe("wiping", () => {
  test("a lost race costs nothing: without wipe the old state processes the winner", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    value(await engine.commit(alice, { update: true, now: NOW, ...trustAll }));
    const winner = value(await engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    const got = value(await engine.processCommit(alice, winner.commit, trustAll));
    expect(engine.epochAuthenticator(got.state)).toEqual(engine.epochAuthenticator(winner.state));
  });

  test("after wipe the old state can follow no commit, and the new one is untouched", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    const rival = value(await engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    const made = value(await engine.commit(alice, { update: true, now: NOW, ...trustAll }));
    const initSecret = toHex(inside(alice).keySchedule.initSecret);
    const kept = toHex(everything(world, made.state));
    expect(toHex(everything(world, alice))).toContain(initSecret);
    made.wipe();
    expect(toHex(everything(world, alice))).not.toContain(initSecret);
    expect(toHex(everything(world, made.state))).toBe(kept);
    expect(kept).not.toContain(initSecret);
    expect((await engine.processCommit(alice, rival.commit, trustAll)).ok).toBe(false);
  });

  test.for(["first", "next"])("the keys of the %s message are erased on both sides, and only those", async (which) => {
    const { engine } = world;
    let [alice, bob] = await pair();
    if (which === "next") [alice, bob] = await afterOne(alice, bob);
    const sent = await engine.encrypt(alice, utf8("once"), NO_AAD);
    const read = value(await engine.decrypt(bob, sent.message, { sender: 0 }));
    const secret = toHex(behindNextMessage(engine.encodeLeafPart(alice, 0)));
    const kept = [sent.state, read.state].map((state) => toHex(everything(world, state)));
    for (const state of [alice, bob]) expect(toHex(everything(world, state))).toContain(secret);
    sent.wipe();
    read.wipe();
    for (const state of [alice, bob, sent.state, read.state])
      expect(toHex(everything(world, state))).not.toContain(secret);
    expect([sent.state, read.state].map((state) => toHex(everything(world, state)))).toEqual(kept);
    const again = await engine.encrypt(sent.state, utf8("twice"), NO_AAD);
    expect(text(value(await engine.decrypt(read.state, again.message, { sender: 0 })).content)).toBe("twice");
  });

  async function afterOne(alice: GroupState, bob: GroupState): Promise<[GroupState, GroupState]> {
    const sent = await world.engine.encrypt(alice, utf8("before"), NO_AAD);
    return [sent.state, value(await world.engine.decrypt(bob, sent.message, { sender: 0 })).state];
  }

  /** What the key of the next message of leaf 0 comes from: the secret of its part, or its own. */
  function behindNextMessage(part: Uint8Array): Uint8Array {
    const ratchet = 4 + 64;
    return part[0] === 0 ? part.slice(1) : part.slice(1 + ratchet + 4, 1 + 2 * ratchet);
  }

  test("a parsed state shares no memory with its bytes", async () => {
    const { engine } = world;
    const [alice] = await pair();
    const bytes = saved(world, alice);
    const before = toHex(concat(bytes.state, ...bytes.parts));
    const parsed = value(engine.parseState(bytes.state, bytes.parts));
    value(await engine.commit(parsed, { update: true, now: NOW, ...trustAll })).wipe();
    (await engine.encrypt(parsed, utf8("x"), NO_AAD)).wipe();
    expect(toHex(concat(bytes.state, ...bytes.parts))).toBe(before);
  });
});

describe("groups of several", () => {
  test("adds with and without renewed keys, removes and updates keep everybody in one state", async () => {
    const { engine } = world;
    const people = await Promise.all(["a", "b", "c", "d", "e"].map((name) => person(world, name)));
    let states = await group(world, people.slice(0, 4));
    const add = [at(people, 4).keyPackage];
    states = await everybody(states, 1, { add, update: true }, 4);
    states = await everybody(states, 3, { remove: [0] });
    states = await everybody(states, 2, { update: true });
    expect(engine.members(at(states, 0)).map(({ leaf, credential }) => `${leaf}${text(credential)}`)).toEqual([
      "1b",
      "2c",
      "3d",
      "4e",
    ]);

    async function everybody(
      current: GroupState[],
      author: number,
      change: { add?: Uint8Array[]; remove?: number[]; update?: boolean },
      joins?: number,
    ) {
      const own = current.find((state) => engine.ownLeaf(state) === author);
      if (own === undefined) throw new Error("no author");
      const made = value(await engine.commit(own, { ...change, now: NOW, ...trustAll }));
      const next: GroupState[] = [];
      for (const state of current) {
        const got =
          state === own ? made : value(await engine.processCommit(state, made.commit, { ...trustAll, sender: author }));
        if (!("removedSelf" in got && got.removedSelf)) next.push(got.state);
      }
      if (joins !== undefined)
        next.push(value(await engine.join(made.welcome ?? NO_AAD, { ...at(people, joins), now: NOW, ...trustAll })));
      expect(new Set(next.map((state) => toHex(engine.epochAuthenticator(state)))).size).toBe(1);
      return next;
    }
  });
});

async function pair() {
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  return [at(states, 0), at(states, 1)] as const;
}

async function three() {
  const states = await group(world, await Promise.all(["alice", "bob", "carol"].map((name) => person(world, name))));
  return [at(states, 0), at(states, 1), at(states, 2)] as const;
}
