import fc from "fast-check";
import type { Proposal } from "ts-mls";
import { beforeAll, describe, expect, test } from "vitest";
import { text, toHex, utf8 } from "../src/crypto/index.ts";
import { createSuite } from "../src/conversation/mls/ciphersuite.ts";
import { parseKeyPackage } from "../src/conversation/mls/key-package.ts";
import { inside } from "../src/conversation/mls/state.ts";
import { LEAVES_PER_PART, MAX_EVIDENCE_BYTES, MAX_RULES_BYTES } from "../src/conversation/group.ts";
import { CONSENT_EXTENSION, RULES_EXTENSION } from "../src/conversation/group.ts";
import type { CommitChange, CommitCheck, GroupState } from "../src/conversation/group.ts";
import { forgedCommit, plain, plainly, time } from "./group-attacks.ts";
import {
  at,
  createWorld,
  DAY,
  everything,
  NO_AAD,
  NOW,
  person,
  reread,
  saved,
  trustAll,
  value,
} from "./group-people.ts";
import type { Person, World } from "./group-people.ts";

const RULES = utf8("rules, first version");
const NEW_RULES = utf8("rules, second version");

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const passedOver = (code: string, by?: number) => ({ ok: false, error: by === undefined ? { code } : { code, by } });

/** A group with rules of these people, the tree given apart. */
async function governed(...names: string[]): Promise<[GroupState, GroupState, ...GroupState[]]> {
  const { engine } = world;
  const people = await Promise.all(names.map((name) => person(world, name)));
  const [founder, others] = [at(people, 0), people.slice(1)];
  const alone = await engine.createGroup({ groupId: utf8("governed"), ...founder, rules: RULES });
  const add = others.map(({ keyPackage }) => keyPackage);
  const made = value(await engine.commit(alone, { add, update: true, now: NOW, ...trustAll }));
  const [first, ...rest] = await joined(made, others);
  if (first === undefined) throw new Error("nobody joined");
  return [made.state, first, ...rest];
}

async function joined(made: { state: GroupState; welcome?: Uint8Array }, people: Person[]): Promise<GroupState[]> {
  const tree = world.engine.exportTree(made.state);
  return Promise.all(
    people.map(async (newcomer) =>
      value(await world.engine.join(made.welcome ?? NO_AAD, { ...newcomer, tree, now: NOW, ...trustAll })),
    ),
  );
}

describe("rules", () => {
  test("are the same for all members, those who joined included, and are changed by a commit", async () => {
    const { engine } = world;
    const [alice, bob] = await governed("alice", "bob", "carol");
    for (const state of [alice, bob]) expect(engine.rules(state)).toEqual(RULES);
    const made = value(await engine.commit(alice, { rules: NEW_RULES, now: NOW, ...trustAll }));
    const got = value(await engine.processCommit(bob, made.commit, trustAll));
    expect(got.change).toMatchObject({ rules: NEW_RULES, added: [], removed: [] });
    for (const state of [made.state, got.state]) expect(engine.rules(state)).toEqual(NEW_RULES);
    expect(engine.rules(bob)).toEqual(RULES);
    expect(engine.epochAuthenticator(got.state)).toEqual(engine.epochAuthenticator(made.state));
    expect(await plainly(world.crypto, bob, made.commit)).toMatchObject({ kind: "newState" });
  });

  test("change together with members and evidence in one commit, which all see alike", async () => {
    const { engine } = world;
    const [alice, bob] = await governed("alice", "bob", "carol");
    const consent = new Uint8Array(32).fill(7);
    const dave = await personFor("dave", consent);
    const seen: CommitChange[] = [];
    const allows: CommitCheck = (change, before) => {
      expect(before.rules).toEqual(RULES);
      expect(before.groupId).toEqual(utf8("governed"));
      expect(before.members.map(({ credential }) => text(credential))).toEqual(["alice", "bob", "carol"]);
      seen.push(change);
      return true;
    };
    const wanted = { add: [dave.keyPackage], remove: [2], rules: NEW_RULES, evidence: utf8("she left") };
    const made = value(await engine.commit(alice, { ...wanted, now: NOW + 3, ...trustAll, allows }));
    const atBob = value(await engine.processCommit(bob, made.commit, { ...trustAll, allows }));
    const atDave = at(await joined(made, [dave]), 0);
    const change = {
      sender: 0,
      madeAt: NOW + 3,
      evidence: utf8("she left"),
      added: [{ credential: utf8("dave"), signatureKey: dave.signKeys.publicKey, consent }],
      removed: [2],
      rules: NEW_RULES,
    };
    expect(seen).toEqual([change, change]);
    expect(atBob.change).toEqual(change);
    const states = [made.state, atBob.state, atDave];
    expect(new Set(states.map((state) => toHex(engine.epochAuthenticator(state)))).size).toBe(1);
    expect(engine.members(atDave).map(({ leaf, credential }) => `${leaf}${text(credential)}`)).toEqual([
      "0alice",
      "1bob",
      "2dave",
    ]);
  });

  test("a commit that they do not allow is neither made nor followed, and its author is told", async () => {
    const { engine } = world;
    const [alice, bob] = await governed("alice", "bob");
    const noRules: CommitCheck = ({ rules }) => rules === undefined;
    expect(await engine.commit(alice, { rules: NEW_RULES, now: NOW, ...trustAll, allows: noRules })).toEqual({
      ok: false,
      error: "rules_refused",
    });
    const made = value(await engine.commit(alice, { rules: NEW_RULES, now: NOW, ...trustAll }));
    const before = toHex(everything(world, bob));
    expect(await engine.processCommit(bob, made.commit, { ...trustAll, allows: noRules })).toEqual(
      passedOver("rules_refused", 0),
    );
    expect(toHex(everything(world, bob))).toBe(before);
    expect((await engine.processCommit(bob, made.commit, trustAll)).ok).toBe(true);
  });

  test.for(["nothing", "the same twice", "something else beside"])("cannot be replaced by %s", async (what) => {
    const [alice, bob] = await governed("alice", "bob");
    const rules = { extensionType: RULES_EXTENSION, extensionData: NEW_RULES };
    const other = { extensionType: 0xf0f7, extensionData: NO_AAD };
    const extensions = { nothing: [], "the same twice": [rules, rules], "something else beside": [rules, other] }[what];
    const { commit } = await forgedCommit(world.crypto, inside(alice), [
      { proposalType: "group_context_extensions", groupContextExtensions: { extensions: extensions ?? [] } },
    ]);
    expect(await world.engine.processCommit(bob, commit, trustAll)).toEqual(passedOver("extensions_refused", 0));
  });

  test("cannot be gained by a conversation of two", async () => {
    const { engine } = world;
    const [alice, bob] = [await person(world, "alice"), await person(world, "bob")];
    const alone = await engine.createGroup({ groupId: utf8("two"), ...alice });
    const made = value(await engine.commit(alone, { add: [bob.keyPackage], now: NOW, ...trustAll }));
    const atBob = value(await engine.join(made.welcome ?? NO_AAD, { ...bob, now: NOW, ...trustAll }));
    expect(engine.rules(atBob)).toBeUndefined();
    expect(await engine.commit(made.state, { rules: RULES, now: NOW, ...trustAll })).toEqual({
      ok: false,
      error: "extensions_refused",
    });
    const { commit } = await forgedCommit(world.crypto, inside(made.state), [changeTo(RULES)]);
    expect(await engine.processCommit(atBob, commit, trustAll)).toEqual(passedOver("extensions_refused", 0));
  });

  test("are changed once in a commit, and never without fresh keys", async () => {
    const [alice, bob] = await governed("alice", "bob");
    const change = changeTo(NEW_RULES);
    const twice = await forgedCommit(world.crypto, inside(alice), [change, change]);
    expect(await world.engine.processCommit(bob, twice.commit, trustAll)).toEqual(passedOver("proposal_refused", 0));
    const bare = await forgedCommit(world.crypto, inside(alice), [change], { renew: false });
    expect(await plainly(world.crypto, bob, bare.commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(bob, bare.commit, trustAll)).toEqual(passedOver("path_missing", 0));
  });

  test("and evidence have bounds, for those who make a commit and for those who read it", async () => {
    const { engine } = world;
    const [alice, bob] = await governed("alice", "bob");
    const rules = new Uint8Array(MAX_RULES_BYTES);
    const evidence = new Uint8Array(MAX_EVIDENCE_BYTES);
    const largest = value(await engine.commit(alice, { rules, evidence, now: NOW, ...trustAll }));
    expect(value(await engine.processCommit(bob, largest.commit, trustAll)).change.evidence).toEqual(evidence);
    const more = (bytes: Uint8Array) => new Uint8Array(bytes.length + 1);
    await expect(engine.commit(alice, { rules: more(rules), now: NOW, ...trustAll })).rejects.toThrow("too large");
    const tooMuch = { update: true, evidence: more(evidence), now: NOW, ...trustAll };
    await expect(engine.commit(alice, tooMuch)).rejects.toThrow("too large");
    const [big, long] = await Promise.all([
      forgedCommit(world.crypto, inside(alice), [changeTo(more(rules))]),
      forgedCommit(world.crypto, inside(alice), [], {
        authenticatedData: new Uint8Array([...time(NOW), ...more(evidence)]),
      }),
    ]);
    expect(await engine.processCommit(bob, big.commit, trustAll)).toEqual(passedOver("too_large", 0));
    expect(await engine.processCommit(bob, long.commit, trustAll)).toEqual(passedOver("wrong_aad", 0));
  });
});

describe("the author of a commit that is passed over", () => {
  test("is not named for what anybody could have changed: the confirmation tag is not signed", async () => {
    const [alice, bob] = await governed("alice", "bob", "mallory");
    const suite = createSuite(world.crypto);
    const cs = { ...suite.cs, hash: { ...suite.cs.hash, mac: async () => new Uint8Array(64) } };
    const { commit } = await forgedCommit(world.crypto, inside(alice), [], { suite: { ...suite, cs } });
    expect(await world.engine.processCommit(bob, commit, trustAll)).toEqual(passedOver("invalid"));
  });
});

describe("consent", () => {
  test("says for whose use a key package is; anything else in its place is refused", async () => {
    const { engine } = world;
    const dave = await personFor("dave", new Uint8Array(32).fill(1));
    expect((await engine.checkKeyPackage(dave.keyPackage, NOW, trustAll.check)).ok).toBe(true);
    const own = value(parseKeyPackage(dave.keyPackage));
    expect(own.extensions.map(({ extensionType }) => extensionType)).toEqual([CONSENT_EXTENSION]);
    await expect(personFor("dave", new Uint8Array(31))).rejects.toThrow("32 bytes");
  });
});

describe("joining with the tree apart", () => {
  test("needs the tree, and the tree of this very epoch", async () => {
    const { engine } = world;
    const [alice] = await governed("alice", "bob");
    const dave = await person(world, "dave");
    const made = value(await engine.commit(alice, { add: [dave.keyPackage], update: true, now: NOW, ...trustAll }));
    const p = { ...dave, now: NOW, ...trustAll };
    const welcome = made.welcome ?? NO_AAD;
    expect(welcome.length).toBeLessThan(4096);
    expect(await engine.join(welcome, p)).toEqual({ ok: false, error: "tree_refused" });
    expect(await engine.join(welcome, { ...p, tree: engine.exportTree(alice) })).toEqual({
      ok: false,
      error: "tree_refused",
    });
    expect((await engine.join(welcome, { ...p, tree: engine.exportTree(made.state) })).ok).toBe(true);
  });
});

describe("what is saved", () => {
  test("a message changes one part and nothing else, and a part is small", async () => {
    const { engine } = world;
    const names = Array.from({ length: 2 * LEAVES_PER_PART + 3 }, (_, i) => `m${i}`);
    const [alice, bob] = await governed(...names);
    expect(engine.leafParts(alice)).toBe(4);
    const sent = await engine.encrypt(alice, utf8("hello"), NO_AAD);
    const read = value(await engine.decrypt(bob, sent.message, { sender: 0 }));
    for (const [before, after] of [
      [alice, sent.state],
      [bob, read.state],
    ] as const) {
      const [was, is] = [saved(world, before), saved(world, after)];
      expect(is.state).toEqual(was.state);
      expect(is.parts.slice(1)).toEqual(was.parts.slice(1));
      expect(is.parts[0]).not.toEqual(was.parts[0]);
      expect(at(is.parts, 0).length).toBeLessThan(3000);
    }
  });

  test("after a message, nothing that is saved gives its key again", async () => {
    const { engine } = world;
    const [alice, bob, ...others] = await governed("alice", "bob", "carol");
    const sent = await engine.encrypt(alice, utf8("read and gone"), NO_AAD);
    const read = value(await engine.decrypt(bob, sent.message, { sender: 0 }));
    const bytes = toHex(everything(world, read.state));
    expect(toHex(everything(world, bob))).toContain(toHex(engine.encodeLeafPart(bob, 0).slice(1)));
    expect(bytes).not.toContain(toHex(engine.encodeLeafPart(bob, 0).slice(1)));
    const used = (await plain(world.crypto, bob)).secretTree;
    expect(bytes).not.toContain(toHex(at(used, 0).application.secret));
    expect(bytes).toContain(toHex(at(used, 2).application.secret));
    expect(await engine.decrypt(reread(world, read.state), sent.message, { sender: 0 })).toEqual({
      ok: false,
      error: "out_of_order",
    });
    const other = await engine.encrypt(at(others, 0), utf8("beside it"), NO_AAD);
    expect((await engine.decrypt(reread(world, read.state), other.message, { sender: 2 })).ok).toBe(true);
  });

  test("is one encoding: parts too few, too many, cut or of another kind are refused", async () => {
    const { engine } = world;
    const [alice] = await governed("alice", "bob");
    const sent = await engine.encrypt(alice, utf8("x"), NO_AAD);
    for (const state of [alice, sent.state]) {
      const { state: whole, parts } = saved(world, state);
      const part = at(parts, 0);
      expect(engine.parseState(whole, []).ok).toBe(false);
      expect(engine.parseState(whole, [part, part]).ok).toBe(false);
      expect(engine.parseState(whole, [new Uint8Array([9, ...part.slice(1)])]).ok).toBe(false);
      for (let length = 0; length < part.length; length += 3)
        expect(engine.parseState(whole, [part.slice(0, length)]).ok).toBe(false);
      for (let length = 0; length < whole.length; length += 97)
        expect(engine.parseState(whole.slice(0, length), parts).ok).toBe(false);
    }
  });

  test("is never taken from bytes that mean nothing, and these never throw", async () => {
    const { engine } = world;
    const [alice] = await governed("alice", "bob");
    const { state, parts } = saved(world, alice);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(engine.parseState(bytes, parts).ok).toBe(false);
        expect(engine.parseState(new Uint8Array([2, ...bytes]), parts).ok).toBe(false);
        expect(engine.parseState(state, [bytes]).ok).toBe(bytes.length === 65 && bytes[0] === 0);
      }),
    );
  });

  test("of a past epoch is who the members were, and opens what comes late", async () => {
    const { engine } = world;
    const [alice, bob] = await governed(...Array.from({ length: 20 }, (_, i) => `m${i}`));
    const late = await engine.encrypt(alice, utf8("late"), NO_AAD);
    const past = reread(world, engine.readOnly(bob));
    expect(engine.encodeState(past).length).toBeLessThan(engine.encodeState(bob).length / 10);
    expect(engine.members(past).map(({ credential }) => text(credential))).toHaveLength(20);
    expect(text(value(await engine.decrypt(past, late.message, { sender: 0 })).content)).toBe("late");
  });
});

function changeTo(rules: Uint8Array): Proposal {
  const extensions = [{ extensionType: RULES_EXTENSION, extensionData: rules }];
  return { proposalType: "group_context_extensions", groupContextExtensions: { extensions } };
}

async function personFor(name: string, consent: Uint8Array): Promise<Person> {
  const signKeys = world.crypto.signKeyPair();
  const request = { credential: utf8(name), signKeys, notBefore: NOW - DAY, notAfter: NOW + DAY, consent };
  return { name, signKeys, ...(await world.engine.createKeyPackage(request)) };
}
