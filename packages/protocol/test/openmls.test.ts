import { MlsClient } from "mls-ts";
import type { Group } from "mls-ts";
import type { MLSMessage } from "ts-mls";
import { nextEpochContext } from "ts-mls/clientState.js";
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js";
import { decodeKeyPackage, encodeKeyPackage } from "ts-mls/keyPackage.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, text, toHex, utf8 } from "../src/crypto/index.ts";
import { createGroupEngine } from "../src/conversation/group-engine.ts";
import type { Committed, GroupEngine, GroupState } from "../src/conversation/group.ts";
import { createSuite, INTEROP_SUITE } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { parseMlsMessage } from "../src/conversation/mls/codec.ts";
import { afterProposals, takenApart } from "../src/conversation/mls/commit.ts";
import { unprotect } from "../src/conversation/mls/content.ts";
import { unchanged } from "../src/conversation/mls/make-commit.ts";
import { inside } from "../src/conversation/mls/state.ts";
import type { Inside } from "../src/conversation/mls/state.ts";
import { rootHash } from "../src/conversation/mls/tree.ts";
import { at, NO_AAD, trustAll, value } from "./group-people.ts";
import type { Person, World } from "./group-people.ts";

/**
 * OpenMLS, which is in Rust and shares no code with us, in the build of mls-ts. It speaks suite 3
 * only, and its builds can only add: by reference, which we pass over, and without a path. What
 * else there is of paths, it follows.
 */
const NOW = Math.floor(Date.now() / 1000);
const GROUP_ID = "a group";

let world: World;
let engine: GroupEngine;
beforeAll(async () => {
  const crypto = await createCrypto();
  engine = createGroupEngine(crypto, INTEROP_SUITE);
  world = { crypto, engine };
});

describe("a group of ours", () => {
  test("is joined by OpenMLS, which reads and is read", async () => {
    const { ours, theirs } = await mixed();
    expect(await agreed(ours, theirs)).toBe(true);
    const sent = await engine.encrypt(at(ours, 0), utf8("from us"), NO_AAD);
    for (const group of theirs) expect(group.receiveText(sent.message)).toBe("from us");
    const message = at(theirs, 0).send("from them");
    const opened = value(await engine.decrypt(at(ours, 0), canonical(message), { sender: 1 }));
    expect(text(opened.content)).toBe("from them");
    expect(at(theirs, 1).receiveText(message)).toBe("from them");
  });

  test("is followed by OpenMLS through updates, additions and removals, parents blank and leaves unmerged", async () => {
    let { ours, theirs } = await mixed();
    const changes: [author: number, what: Change][] = [
      [0, { update: true }],
      [1, { update: true }],
      [1, { add: [(await person("erin")).keyPackage] }],
      [0, { remove: [3] }],
      [1, { add: [(await person("fred")).keyPackage, (await person("gwen")).keyPackage], update: true }],
      [0, { remove: [4, 5], update: true }],
      [1, { update: true }],
    ];
    theirs = theirs.slice(0, 1);
    for (const [author, what] of changes) {
      const made = value(await engine.commit(at(ours, author), { ...what, now: NOW, ...trustAll }));
      const other = value(await engine.processCommit(at(ours, 1 - author), made.commit, trustAll)).state;
      ours = author === 0 ? [made.state, other] : [other, made.state];
      for (const group of theirs) group.receive(made.commit);
      expect(await agreed(ours, theirs)).toBe(true);
    }
  });

  test("is followed when half the tree is empty: the commit secret is one step above the last node with a key", async () => {
    const { ours, theirs } = await mixed();
    const removal = { remove: [0, 1], now: NOW, ...trustAll };
    const [carol, dave] = [at(ours, 1), at(theirs, 1)];
    const first = value(await engine.commit(carol, removal));
    dave.receive(first.commit);
    expect(await agreed([first.state], [dave])).toBe(true);
    const second = value(await engine.commit(first.state, { update: true, now: NOW, ...trustAll }));
    dave.receive(second.commit);
    expect(await agreed([second.state], [dave])).toBe(true);
  });
});

describe("a group of theirs", () => {
  test("is joined by us: their tree, their signatures and their path are good for us", async () => {
    const [bob, alice] = [new MlsClient("bob"), await person("alice")];
    const group = bob.createGroup(GROUP_ID);
    const { welcome, ratchetTree } = group.add(bare(alice.keyPackage));
    const state = await joined(welcome, ratchetTree, alice);
    expect(await agreed([state], [group])).toBe(true);
    const carol = await person("carol");
    const second = group.add(bare(carol.keyPackage));
    const atCarol = await joined(second.welcome, second.ratchetTree, carol);
    expect(await agreed([atCarol], [group])).toBe(true);
    expect(engine.members(atCarol).map(({ credential }) => text(credential))).toEqual(["bob", "alice", "carol"]);
    const message = group.send("welcome");
    expect(text(value(await engine.decrypt(atCarol, canonical(message), { sender: 0 })).content)).toBe("welcome");
    const update = value(await engine.commit(atCarol, { update: true, now: NOW, ...trustAll }));
    group.receive(update.commit);
    expect(await agreed([update.state], [group])).toBe(true);
  });

  test("commits by reference, without the time: signed by the one it says, and passed over", async () => {
    const { ours, theirs } = await mixed();
    const { commit } = at(theirs, 0).add(bare((await person("erin")).keyPackage));
    expect(await engine.processCommit(at(ours, 0), canonical(commit), trustAll)).toEqual({
      ok: false,
      error: { code: "wrong_aad", by: 1 },
    });
  });

  test("leads our parts to the same epoch, when the proposal that its commit refers to is put in its place", async () => {
    const { ours, theirs } = await mixed();
    const added = at(theirs, 0).add(bare((await person("erin")).keyPackage));
    const suite = createSuite(world.crypto, INTEROP_SUITE);
    const from = inside(at(ours, 0));
    const proposal = await opened(suite, from, added.proposal);
    const commit = await opened(suite, { ...from, secretTree: proposal.secretTree }, added.commit);
    const { content, auth } = commit.content;
    if (content.contentType !== "commit" || content.commit.path !== undefined) throw new Error("not without a path");
    if (auth.contentType !== "commit" || proposal.content.content.contentType !== "proposal") throw new Error("not so");
    const before = afterProposals(suite, from, value(takenApart([proposal.content.content.proposal])));
    const after = unchanged(suite, from, before);
    const { cs } = suite;
    const context = await nextEpochContext(
      before.context,
      "mls_private_message",
      content,
      auth.signature,
      rootHash(suite, after.tree, before.tree),
      from.confirmationTag,
      cs.hash,
    );
    const none = new Uint8Array(32);
    const epoch = await initializeEpoch(from.keySchedule.initSecret, after.commitSecret, context, none, cs.kdf);
    const ourSecret = await mlsExporter(epoch.keySchedule.exporterSecret, "label", utf8("context"), 32, cs);
    expect(toHex(ourSecret)).toBe(toHex(at(theirs, 0).exportKey("label", utf8("context"), 32)));
  });
});

type Change = { add?: Uint8Array[]; remove?: number[]; update?: boolean };

/**
 * A group that alice founded with us: 0 alice and 2 carol are ours, 1 bob and 3 dave are theirs.
 */
async function mixed(): Promise<{ ours: GroupState[]; theirs: Group[] }> {
  const [alice, carol, bob, dave] = [
    await person("alice"),
    await person("carol"),
    theirPerson("bob"),
    theirPerson("dave"),
  ];
  const alone = await engine.createGroup({ groupId: utf8(GROUP_ID), ...alice });
  const add = [bob.keyPackage, carol.keyPackage, dave.keyPackage];
  const made: Committed = value(await engine.commit(alone, { add, update: true, now: NOW, ...trustAll }));
  const tree = engine.exportTree(made.state);
  const welcome = made.welcome ?? NO_AAD;
  const atCarol = value(await engine.join(welcome, { ...carol, now: NOW, ...trustAll }));
  const theirs = [bob, dave].map(({ client }) => client.joinGroup(welcome, tree, GROUP_ID));
  return { ours: [made.state, atCarol], theirs };
}

async function person(name: string): Promise<Person> {
  const signKeys = world.crypto.signKeyPair();
  const request = { credential: utf8(name), signKeys, notBefore: NOW - 60, notAfter: NOW + 86_400 };
  return { name, signKeys, ...(await engine.createKeyPackage(request)) };
}

function theirPerson(name: string): { client: MlsClient; keyPackage: Uint8Array } {
  const client = new MlsClient(name);
  const keyPackage = decodeKeyPackage(client.keyPackage(), 0)?.[0];
  if (keyPackage === undefined) throw new Error("no key package");
  return { client, keyPackage: encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }) };
}

async function joined(welcome: Uint8Array, tree: Uint8Array, newcomer: Person): Promise<GroupState> {
  return value(await engine.join(canonical(welcome), { ...newcomer, tree, now: NOW, ...trustAll }));
}

/** A private message of theirs, decrypted and its signature checked by our parts. */
async function opened(suite: Suite, state: Inside, bytes: Uint8Array) {
  const { privateMessage } = value(parseMlsMessage(bytes, "mls_private_message", bytes.length));
  return value(await unprotect(suite, state, privateMessage, undefined));
}

/** A key package without the message around it, as mls-ts wants it. */
function bare(bytes: Uint8Array): Uint8Array {
  const message = decoded(bytes);
  if (message.wireformat !== "mls_key_package") throw new Error("not a key package");
  return encodeKeyPackage(message.keyPackage);
}

/** What OpenMLS wrote is the one encoding of what it says. */
function canonical(bytes: Uint8Array): Uint8Array {
  expect(toHex(encodeMlsMessage(decoded(bytes)))).toBe(toHex(bytes));
  return bytes;
}

function decoded(bytes: Uint8Array): MLSMessage {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message === undefined) throw new Error("not an MLSMessage");
  return message;
}

/** Whether all derive the same secret from their epoch. */
async function agreed(ours: readonly GroupState[], theirs: readonly Group[]): Promise<boolean> {
  const secrets = await Promise.all(ours.map((state) => engine.exportSecret(state, "label", utf8("context"), 32)));
  const all = [...secrets, ...theirs.map((group) => group.exportKey("label", utf8("context"), 32))];
  return new Set(all.map(toHex)).size === 1;
}
