import { proposeExternal } from "ts-mls/externalProposal.js";
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree, joinGroupExternal } from "ts-mls/createCommit.js";
import { createApplicationMessage, createProposal } from "ts-mls/createMessage.js";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { generateKeyPackageWithKey } from "ts-mls/keyPackage.js";
import type { KeyPackage } from "ts-mls/keyPackage.js";
import { decodeMlsMessage } from "ts-mls/message.js";
import { processPublicMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { Capabilities, CiphersuiteImpl, Proposal } from "ts-mls";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, text, utf8 } from "../src/crypto/index.ts";
import { createCiphersuite, createSuite, INTEROP_SUITE, PLI_SUITE } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { capabilitiesFor, credentialAccepted } from "../src/conversation/mls/config.ts";
import { sizeProblem } from "../src/conversation/mls/commit.ts";
import { encodeKeyPackage, parseKeyPackage, parseSecret } from "../src/conversation/mls/key-package.ts";
import { createSecretTree } from "../src/conversation/mls/secret-tree.ts";
import { inside } from "../src/conversation/mls/state.ts";
import {
  MAX_COMMIT_BYTES,
  MAX_KEY_PACKAGE_BYTES,
  MAX_MEMBERS,
  MAX_MESSAGE_BYTES,
  MAX_STATE_BYTES,
  MAX_WELCOME_BYTES,
} from "../src/conversation/group.ts";
import type { GroupState, LeafCheck } from "../src/conversation/group.ts";
import {
  forgedCommit,
  plain,
  plainly,
  plantingSuite,
  privateMessageIn,
  stretched,
  time,
  wrapped,
  leafOf,
  withOwnLeaf,
} from "./group-attacks.ts";
import {
  acceptEveryone,
  at,
  createWorld,
  DAY,
  group,
  NO_AAD,
  NOW,
  person,
  saved,
  trustAll,
  value,
} from "./group-people.ts";
import type { Person, World } from "./group-people.ts";

let world: World;
let cs: CiphersuiteImpl;
let alice: GroupState;
let bob: GroupState;
let carol: Person;
const CAPABILITIES = capabilitiesFor(PLI_SUITE);
const refuse =
  (name: string): LeafCheck =>
  (credential) =>
    text(credential) !== name;

beforeAll(async () => {
  world = await createWorld();
  cs = createCiphersuite(world.crypto);
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  [alice, bob] = [at(states, 0), at(states, 1)];
  carol = await person(world, "carol");
});

const refused = (error: string) => ({ ok: false, error });
/** A commit that is passed over; it names its author when the signature holds. */
const passedOver = (code: string, by?: number) => ({ ok: false, error: by === undefined ? { code } : { code, by } });
const addOf = (keyPackage: KeyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } });

describe("encodings", () => {
  test("a trailing byte is refused in every input, though ts-mls reads past it", async () => {
    const { engine } = world;
    const extra = new Uint8Array([0]);
    const { commit } = value(await engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    const { message } = await engine.encrypt(bob, utf8("x"), NO_AAD);
    const added = value(await engine.commit(alice, { add: [carol.keyPackage], now: NOW, ...trustAll }));
    const welcome = concat(added.welcome ?? extra, extra);
    for (const bytes of [carol.keyPackage, commit, message])
      expect(decodeMlsMessage(concat(bytes, extra), 0)).toBeDefined();
    expect(await engine.checkKeyPackage(concat(carol.keyPackage, extra), NOW, acceptEveryone)).toEqual(
      refused("not_canonical"),
    );
    expect(await engine.processCommit(alice, concat(commit, extra), trustAll)).toEqual(passedOver("not_canonical"));
    expect(await engine.decrypt(alice, concat(message, extra), { sender: 1 })).toEqual(refused("not_canonical"));
    expect(await engine.join(welcome, { ...carol, now: NOW, ...trustAll })).toEqual(refused("not_canonical"));
    const { state, parts } = saved(world, alice);
    expect(engine.parseState(concat(state, extra), parts)).toEqual(refused("not_canonical"));
    expect(engine.parseState(state, [concat(...parts, extra)])).toEqual(refused("malformed"));
  });

  test("a length that is not minimal is refused, though ts-mls gives the same message for it", async () => {
    const { engine } = world;
    const { message } = await engine.encrypt(bob, utf8("x"), NO_AAD);
    const bent = stretched(message, 4);
    expect(decodeMlsMessage(bent, 0)?.[0]).toEqual(decodeMlsMessage(message, 0)?.[0]);
    expect(await engine.decrypt(alice, bent, { sender: 1 })).toEqual(refused("not_canonical"));
    expect((await engine.decrypt(alice, message, { sender: 1 })).ok).toBe(true);
  });

  test("padding inside the ciphertext is refused: the plaintext has one encoding too", async () => {
    const padding = { ...defaultClientConfig, paddingConfig: { kind: "padUntilLength", padUntilLength: 512 } } as const;
    const made = await createApplicationMessage(
      { ...(await plain(world.crypto, bob)), clientConfig: padding },
      utf8("x"),
      cs,
    );
    const bytes = wrapped({ version: "mls10", wireformat: "mls_private_message", privateMessage: made.privateMessage });
    expect(await plainly(world.crypto, alice, bytes)).toMatchObject({ kind: "applicationMessage" });
    const unpadded = await createApplicationMessage(
      {
        ...(await plain(world.crypto, bob)),
        clientConfig: { ...padding, paddingConfig: { kind: "alwaysPad", paddingLength: 40 } },
      },
      utf8("x"),
      cs,
    );
    const forged = wrapped({
      version: "mls10",
      wireformat: "mls_private_message",
      privateMessage: unpadded.privateMessage,
    });
    for (const each of [bytes, forged])
      expect(await world.engine.decrypt(alice, each, { sender: 1 })).toEqual(refused("not_canonical"));
  });

  test("every truncation of a key package and of a message is refused", async () => {
    const { message } = await world.engine.encrypt(bob, utf8("x"), NO_AAD);
    for (let length = 0; length < message.length; length++)
      expect((await world.engine.decrypt(alice, message.slice(0, length), { sender: 1 })).ok).toBe(false);
    for (let length = 0; length < carol.keyPackage.length; length += 37)
      expect((await world.engine.checkKeyPackage(carol.keyPackage.slice(0, length), NOW, acceptEveryone)).ok).toBe(
        false,
      );
  });

  test("what is too large is refused before it is looked at", async () => {
    const { engine } = world;
    const zeros = (size: number) => new Uint8Array(size + 1);
    expect(await engine.checkKeyPackage(zeros(MAX_KEY_PACKAGE_BYTES), NOW, acceptEveryone)).toEqual(
      refused("too_large"),
    );
    expect(await engine.processCommit(alice, zeros(MAX_COMMIT_BYTES), trustAll)).toEqual(passedOver("too_large"));
    expect(await engine.decrypt(alice, zeros(MAX_MESSAGE_BYTES), { sender: 1 })).toEqual(refused("too_large"));
    expect(await engine.join(zeros(MAX_WELCOME_BYTES), { ...carol, now: NOW, ...trustAll })).toEqual(
      refused("too_large"),
    );
    expect(engine.parseState(zeros(MAX_STATE_BYTES), [])).toEqual(refused("too_large"));
    await expect(engine.encrypt(alice, zeros(MAX_MESSAGE_BYTES), NO_AAD)).rejects.toThrow("store it as an object");
  });

  test("a group stops growing at its bound", () => {
    const leaf = at(inside(alice).ratchetTree, 0);
    const full = Array.from({ length: MAX_MEMBERS }, () => leaf);
    const added = [value(parseKeyPackage(carol.keyPackage))];
    expect(sizeProblem(full, { added: [], removed: [] })).toBeUndefined();
    expect(sizeProblem(full, { added, removed: [0] })).toBeUndefined();
    expect(sizeProblem(full, { added, removed: [] })).toBe("too_many_members");
  });
});

describe("who may change the group", () => {
  test("an external commit made from a GroupInfo is refused, though ts-mls lets it evict a member", async () => {
    const info = await createGroupInfoWithExternalPubAndRatchetTree(await plain(world.crypto, alice), [], cs);
    const bobAgain = inside(bob);
    const leaf = at(bobAgain.ratchetTree, 2);
    if (leaf?.nodeType !== "leaf") throw new Error("no leaf");
    const signKeys = { publicKey: leaf.leaf.signaturePublicKey, signKey: bobAgain.signaturePrivateKey };
    const own = await generateKeyPackageWithKey(
      leaf.leaf.credential,
      CAPABILITIES,
      { notBefore: 0n, notAfter: 1n << 60n },
      [],
      signKeys,
      cs,
    );
    const external = await joinGroupExternal(info, own.publicPackage, own.privatePackage, true, cs);
    const bytes = wrapped({
      version: "mls10",
      wireformat: "mls_public_message",
      publicMessage: external.publicMessage,
    });
    const plainResult = await processPublicMessage(
      await plain(world.crypto, alice),
      external.publicMessage,
      emptyPskIndex,
      cs,
    );
    expect(plainResult.newState.groupContext.epoch).toBe(2n);
    expect(await world.engine.processCommit(alice, bytes, trustAll)).toEqual(passedOver("wrong_kind"));
  });

  test("an external proposal is refused, though ts-mls can be told to take it", async () => {
    const signer = world.crypto.signKeyPair();
    const proposal: Proposal = { proposalType: "remove", remove: { removed: 1 } };
    const info = await createGroupInfoWithExternalPubAndRatchetTree(await plain(world.crypto, alice), [], cs);
    const sender = {
      credential: { credentialType: "basic", identity: utf8("outsider") },
      signaturePublicKey: signer.publicKey,
    } as const;
    const { encodeExternalSender } = await import("ts-mls/externalSender.js");
    const listed = {
      ...info.groupContext,
      extensions: [{ extensionType: "external_senders", extensionData: encodeExternalSender(sender) } as const],
    };
    const message = await proposeExternal(
      { ...info, groupContext: listed },
      proposal,
      signer.publicKey,
      signer.secretKey,
      cs,
    );
    const bytes = wrapped(message);
    expect(await world.engine.processCommit(alice, bytes, trustAll)).toEqual(passedOver("wrong_kind"));
    expect(await world.engine.decrypt(alice, bytes, { sender: 1 })).toEqual(refused("wrong_kind"));
  });

  test("a proposal on its own, and a commit that refers to one, are refused, though ts-mls takes both", async () => {
    const proposed = await createProposal(
      await plain(world.crypto, bob),
      false,
      addOf(value(parseKeyPackage(carol.keyPackage))),
      cs,
    );
    const bytes = wrapped(proposed.message);
    const pending = await plainly(world.crypto, alice, bytes);
    if (pending.kind !== "newState") throw new Error("expected a state");
    expect(Object.keys(pending.newState.unappliedProposals)).toHaveLength(1);
    expect(await world.engine.processCommit(alice, bytes, trustAll)).toEqual(passedOver("wrong_kind"));
    expect(await world.engine.decrypt(alice, bytes, { sender: 1 })).toEqual(refused("wrong_kind"));

    const three = await group(world, [await person(world, "a"), await person(world, "b"), await person(world, "c")]);
    const byRef = await createProposal(
      await plain(world.crypto, at(three, 1)),
      false,
      { proposalType: "remove", remove: { removed: 2 } },
      cs,
    );
    const commit = await createCommit({ state: byRef.newState, cipherSuite: cs }, { authenticatedData: time(NOW) });
    const known = await plainly(world.crypto, at(three, 0), wrapped(byRef.message));
    if (known.kind !== "newState") throw new Error("expected a state");
    expect(await plainly(world.crypto, known.newState, wrapped(commit.commit))).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(at(three, 0), wrapped(commit.commit), trustAll)).toEqual(
      passedOver("reference_refused", 1),
    );
  });

  test("a commit of GroupContextExtensions alone, without a path, is refused, though ts-mls takes it", async () => {
    const extensions: Proposal = {
      proposalType: "group_context_extensions",
      groupContextExtensions: { extensions: [] },
    };
    const { commit } = await forgedCommit(world.crypto, inside(bob), [extensions], { renew: false });
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("path_missing", 1));
  });

  test("a proposal of another kind is refused, even with a path", async () => {
    const custom: Proposal = { proposalType: 0xf123, proposalData: utf8("?") };
    const { commit } = await forgedCommit(world.crypto, inside(bob), [custom]);
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("proposal_refused", 1));
  });

  test("a commit must say when it was made", async () => {
    const { commit } = await forgedCommit(world.crypto, inside(bob), [], { authenticatedData: NO_AAD });
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("wrong_aad", 1));
  });

  test("a commit removes only who is there, and never its author", async () => {
    for (const remove of [[0], [7], [1, 1]])
      expect(await world.engine.commit(alice, { remove, now: NOW, ...trustAll })).toEqual(refused("proposal_refused"));
    await expect(world.engine.commit(alice, { now: NOW, ...trustAll })).rejects.toThrow(
      "adds, removes, updates or changes",
    );
  });
});

describe("credentials", () => {
  test("a stranger's key package is refused when it is shown, when it is added and when its commit is read", async () => {
    const { engine } = world;
    const check = refuse("carol");
    expect(await engine.checkKeyPackage(carol.keyPackage, NOW, check)).toEqual(refused("credential_refused"));
    expect(await engine.commit(bob, { add: [carol.keyPackage], now: NOW, ...trustAll, check })).toEqual(
      refused("credential_refused"),
    );
    const made = value(await engine.commit(bob, { add: [carol.keyPackage], now: NOW, ...trustAll }));
    expect(await plainly(world.crypto, alice, made.commit)).toMatchObject({ kind: "newState" });
    expect(await engine.processCommit(alice, made.commit, { ...trustAll, check })).toEqual(
      passedOver("credential_refused", 1),
    );
    expect((await engine.processCommit(alice, made.commit, trustAll)).ok).toBe(true);
  });

  test("whoever joins refuses a group that holds a leaf it does not accept", async () => {
    const { engine } = world;
    const made = value(await engine.commit(bob, { add: [carol.keyPackage], now: NOW, ...trustAll }));
    for (const name of ["alice", "bob"])
      expect(await engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW, check: refuse(name) })).toEqual(
        refused("credential_refused"),
      );
    expect((await engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW, ...trustAll })).ok).toBe(true);
  });

  test("a member who gives itself another credential in an update is refused", async () => {
    const { commit } = await forgedCommit(
      world.crypto,
      withOwnLeaf(inside(bob), { credential: { credentialType: "basic", identity: utf8("mallory") } }),
      [],
    );
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    const checks = { ...trustAll, check: refuse("mallory") };
    expect(await world.engine.processCommit(alice, commit, checks)).toEqual(passedOver("credential_refused", 1));
  });

  test("a certificate chain is no credential of ours, whatever the check says", () => {
    const key = world.crypto.signKeyPair().publicKey;
    expect(credentialAccepted({ credentialType: "x509", certificates: [utf8("bob")] }, key, acceptEveryone)).toBe(
      false,
    );
    expect(credentialAccepted({ credentialType: "basic", identity: utf8("bob") }, key, acceptEveryone)).toBe(true);
  });

  test("an update cannot change the signature key, which is the device", async () => {
    const other = world.crypto.signKeyPair();
    const forLeaf = utf8("MLS 1.0 LeafNodeTBS");
    const sign: CiphersuiteImpl["signature"]["sign"] = (key, message) =>
      cs.signature.sign(forLeaf.every((byte, i) => message[i + 1] === byte) ? other.secretKey : key, message);
    const suite = { ...createSuite(world.crypto), cs: { ...cs, signature: { ...cs.signature, sign } } };
    const { commit } = await forgedCommit(
      world.crypto,
      withOwnLeaf(inside(bob), { signaturePublicKey: other.publicKey }),
      [],
      { suite },
    );
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("signature_key_changed", 1));
  });
});

describe("key packages", () => {
  test("an expired one, one not yet valid and one that lives too long are refused", async () => {
    const { engine } = world;
    for (const life of [
      { notBefore: NOW - 2 * DAY, notAfter: NOW - 1 },
      { notBefore: NOW + 1, notAfter: NOW + DAY },
      { notBefore: NOW - DAY, notAfter: NOW + 400 * DAY },
      { notBefore: NOW + DAY, notAfter: NOW - DAY },
    ]) {
      const dave = await person(world, "dave", life);
      expect(await engine.checkKeyPackage(dave.keyPackage, NOW, acceptEveryone)).toEqual(refused("lifetime_refused"));
      expect(await engine.commit(bob, { add: [dave.keyPackage], now: NOW, ...trustAll })).toEqual(
        refused("lifetime_refused"),
      );
    }
    expect((await engine.checkKeyPackage(carol.keyPackage, NOW + DAY, acceptEveryone)).ok).toBe(true);
  });

  test("a commit that adds an expired one is refused by its own time, whenever it is read, though ts-mls takes it", async () => {
    const dave = await person(world, "dave", { notBefore: NOW - 2 * DAY, notAfter: NOW - DAY });
    const { commit } = await forgedCommit(world.crypto, inside(bob), [addOf(value(parseKeyPackage(dave.keyPackage)))]);
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("lifetime_refused", 1));
  });

  test("a welcome for a key package of ours that has expired is not joined; a clock set back keeps nobody out", async () => {
    const made = value(await world.engine.commit(alice, { add: [carol.keyPackage], now: NOW, ...trustAll }));
    expect((await world.engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW - 400 * DAY, ...trustAll })).ok).toBe(
      true,
    );
    expect(await world.engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW + 2 * DAY, ...trustAll })).toEqual(
      refused("lifetime_refused"),
    );
  });

  test("one of another suite is refused", async () => {
    const interop = createCiphersuite(world.crypto, INTEROP_SUITE);
    const capabilities: Capabilities = { ...CAPABILITIES, ciphersuites: [INTEROP_SUITE] };
    const bytes = await customKeyPackage(interop, capabilities);
    expect(await world.engine.checkKeyPackage(bytes, NOW, acceptEveryone)).toEqual(refused("wrong_suite"));
  });

  test("one whose capabilities do not reach, or go on for ever, is refused, though ts-mls takes it", async () => {
    const lacking: Capabilities[] = [
      { ...CAPABILITIES, ciphersuites: [INTEROP_SUITE] },
      { ...CAPABILITIES, versions: [] },
      { ...CAPABILITIES, extensions: Array.from({ length: 33 }, (_, i) => 0xf000 + i) },
    ];
    for (const capabilities of lacking) {
      const bytes = await customKeyPackage(cs, capabilities);
      expect(await world.engine.checkKeyPackage(bytes, NOW, acceptEveryone)).toEqual(refused("capabilities_refused"));
      const { commit } = await forgedCommit(world.crypto, inside(bob), [addOf(value(parseKeyPackage(bytes)))]);
      expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
      expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("capabilities_refused", 1));
    }
  });

  test("one with a bad signature, outside or on the leaf, is refused", async () => {
    const good = value(parseKeyPackage(carol.keyPackage));
    const flipped = (signature: Uint8Array) => signature.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
    const outside = encodeKeyPackage({ ...good, signature: flipped(good.signature) });
    const inner = encodeKeyPackage({
      ...good,
      leafNode: { ...good.leafNode, signature: flipped(good.leafNode.signature) },
    });
    for (const bytes of [outside, inner])
      expect(await world.engine.checkKeyPackage(bytes, NOW, acceptEveryone)).toEqual(refused("invalid"));
  });

  test("one with equal keys, or a key that nobody can seal to, is refused, for no welcome could reach it", async () => {
    const weak = new Uint8Array(1216);
    const bent = (key: (original: Uint8Array) => Uint8Array): CiphersuiteImpl => ({
      ...cs,
      hpke: { ...cs.hpke, exportPublicKey: async (k) => key(await cs.hpke.exportPublicKey(k)) },
    });
    const one = world.crypto.kemKeyPair().publicKey;
    expect(
      await world.engine.checkKeyPackage(
        await customKeyPackage(
          bent(() => one),
          CAPABILITIES,
        ),
        NOW,
        acceptEveryone,
      ),
    ).toEqual(refused("keys_refused"));
    let first = true;
    const once = bent((original) => {
      const key = first ? weak : original;
      first = false;
      return key;
    });
    expect(await world.engine.checkKeyPackage(await customKeyPackage(once, CAPABILITIES), NOW, acceptEveryone)).toEqual(
      refused("keys_refused"),
    );
    expect(
      await world.engine.checkKeyPackage(
        await customKeyPackage(
          bent((k) => k.slice(1)),
          CAPABILITIES,
        ),
        NOW,
        acceptEveryone,
      ),
    ).toEqual(refused("keys_refused"));
  });

  test("every device's package has the same capabilities: none drawn at random", async () => {
    const shapes = new Set<string>();
    for (let i = 0; i < 5; i++)
      shapes.add(JSON.stringify(value(parseKeyPackage((await person(world, "x")).keyPackage)).leafNode.capabilities));
    expect([...shapes]).toEqual([JSON.stringify(CAPABILITIES)]);
  });
});

describe("update paths", () => {
  test("public keys planted in a path are refused, though ts-mls takes them", async () => {
    const { commit } = await forgedCommit(world.crypto, inside(bob), [], {
      suite: planting((index) => (index < 0 ? undefined : world.crypto.kemKeyPair().publicKey)),
    });
    expect(await plainly(world.crypto, alice, commit)).toMatchObject({ kind: "newState" });
    // Each member sees only the keys that it can derive: what others find is
    // group-unopened.test.ts.
    expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("unopened", 1));
  });

  test("public keys planted in the tree of a welcome are refused, though ts-mls joins", async () => {
    const { crypto, engine } = world;
    const suite = planting((index) => (index < 0 ? undefined : crypto.kemKeyPair().publicKey));
    const { welcome } = await forgedCommit(crypto, inside(bob), [addOf(value(parseKeyPackage(carol.keyPackage)))], {
      suite,
    });
    const decodedWelcome = decodeMlsMessage(welcome ?? NO_AAD, 0)?.[0];
    if (decodedWelcome?.wireformat !== "mls_welcome") throw new Error("no welcome");
    const { joinGroup } = await import("ts-mls/clientState.js");
    const keys = value(parseSecret(carol.secret));
    await expect(
      joinGroup(
        decodedWelcome.welcome,
        value(parseKeyPackage(carol.keyPackage)),
        keys,
        emptyPskIndex,
        createCiphersuite(crypto),
      ),
    ).resolves.toBeDefined();
    expect(await engine.join(welcome ?? NO_AAD, { ...carol, now: NOW, ...trustAll })).toEqual(
      refused("path_keys_refused"),
    );
  });

  test("a key that nobody can seal to is refused wherever it stands in a path, though ts-mls takes it and breaks later", async () => {
    const states = await group(world, await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name))));
    const weak = planting((index) => (index === 0 ? new Uint8Array(1216) : undefined));
    const { commit } = await forgedCommit(world.crypto, inside(at(states, 1)), [], { suite: weak });
    const observer = at(states, 3);
    expect(await plainly(world.crypto, observer, commit)).toMatchObject({ kind: "newState" });
    expect(await world.engine.processCommit(observer, commit, trustAll)).toEqual(passedOver("keys_refused", 1));
  });

  test("a key that is in the tree already is refused, at a leaf or above", async () => {
    const states = await group(world, await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name))));
    const [author, observer] = [at(states, 1), at(states, 3)];
    const taken = leafOf(inside(observer), 3).hpkePublicKey;
    const above = planting((index) => (index === 0 ? taken : undefined));
    const { commit } = await forgedCommit(world.crypto, inside(author), [], { suite: above });
    expect(await world.engine.processCommit(observer, commit, trustAll)).toEqual(passedOver("keys_refused", 1));

    const kept = leafOf(inside(author), 1).hpkePublicKey;
    const unchanged = planting((index) => (index === -1 ? kept : undefined));
    const again = await forgedCommit(world.crypto, inside(author), [], { suite: unchanged });
    expect(await world.engine.processCommit(observer, again.commit, trustAll)).toEqual(passedOver("keys_refused", 1));
  });

  test("a leaf that can do less than the group needs, or carries more than it should, is refused", async () => {
    const lacking = withOwnLeaf(inside(bob), { capabilities: { ...CAPABILITIES, extensions: [] } });
    const odd = withOwnLeaf(inside(bob), { extensions: [{ extensionType: 0xf0f7, extensionData: NO_AAD }] });
    for (const [state, code] of [
      [lacking, "capabilities_refused"],
      [odd, "extensions_refused"],
    ] as const) {
      const { commit } = await forgedCommit(world.crypto, state, []);
      expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver(code, 1));
    }
  });

  test("a leaf that somebody else signed, or that names another parent, is refused", async () => {
    const suite = createSuite(world.crypto);
    const other = world.crypto.signKeyPair();
    const forLeaf = utf8("MLS 1.0 LeafNodeTBS");
    const sign: CiphersuiteImpl["signature"]["sign"] = (key, message) =>
      cs.signature.sign(forLeaf.every((byte, i) => message[i + 1] === byte) ? other.secretKey : key, message);
    const signedByOther = { ...suite, cs: { ...cs, signature: { ...cs.signature, sign } } };
    // The input of a parent hash begins with the length of an encryption key, that of a tree hash
    // with a kind.
    const isParentHash = (data: Uint8Array) => data[0] === 0x44;
    const digest = (data: Uint8Array) => suite.digest(isParentHash(data) ? concat(data, new Uint8Array(1)) : data);
    for (const bent of [signedByOther, { ...suite, digest }]) {
      const { commit } = await forgedCommit(world.crypto, inside(bob), [], { suite: bent });
      expect(await world.engine.processCommit(alice, commit, trustAll)).toEqual(passedOver("invalid", 1));
    }
  });

  test("a path of another shape than the tree is refused", async () => {
    const states = await group(world, await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name))));
    const smaller = inside(at(states, 1)).ratchetTree.with(4, undefined);
    const { commit } = await forgedCommit(world.crypto, { ...inside(at(states, 1)), ratchetTree: smaller }, []);
    expect(await world.engine.processCommit(at(states, 3), commit, trustAll)).toEqual(passedOver("invalid", 1));
  });

  test("our keys are checked after our own commits too", async () => {
    const own = inside(bob);
    const wrongKey = {
      ...own,
      privatePath: { ...own.privatePath, privateKeys: { 2: world.crypto.kemKeyPair().secretKey } },
    };
    const add = [carol.keyPackage];
    expect(await world.engine.commit(wrongKey as unknown as GroupState, { add, now: NOW, ...trustAll })).toEqual(
      refused("path_keys_refused"),
    );
  });
});

describe("messages", () => {
  test("one that comes after a later one is refused and its key is gone, though ts-mls keeps it for ten messages", async () => {
    const { engine } = world;
    const first = await engine.encrypt(bob, utf8("first"), NO_AAD);
    const second = await engine.encrypt(first.state, utf8("second"), NO_AAD);
    const skipped = value(await engine.decrypt(alice, second.message, { sender: 1 }));
    expect(await engine.decrypt(skipped.state, first.message, { sender: 1 })).toEqual(refused("out_of_order"));
    expect(await engine.decrypt(skipped.state, second.message, { sender: 1 })).toEqual(refused("out_of_order"));

    const plainSkipped = await plainly(world.crypto, alice, second.message);
    if (plainSkipped.kind !== "applicationMessage") throw new Error("expected a message");
    expect(await plainly(world.crypto, plainSkipped.newState, first.message)).toMatchObject({
      kind: "applicationMessage",
    });
  });

  test("a gap of more than 64 messages is refused: nobody makes us derive keys without end", async () => {
    let state = bob;
    let message: Uint8Array = NO_AAD;
    for (let i = 0; i <= 65; i++) ({ state, message } = await world.engine.encrypt(state, utf8("x"), NO_AAD));
    expect(await plainly(world.crypto, alice, message)).toMatchObject({ kind: "applicationMessage" });
    expect(await world.engine.decrypt(alice, message, { sender: 1 })).toEqual(refused("invalid"));
  });

  test("the sender inside must be the leaf whose label it came under, though ts-mls takes any member", async () => {
    const states = await group(world, await Promise.all(["a", "b", "c"].map((name) => person(world, name))));
    const { message } = await world.engine.encrypt(at(states, 1), utf8("from b"), NO_AAD);
    expect(await plainly(world.crypto, at(states, 0), message)).toMatchObject({ kind: "applicationMessage" });
    expect(await world.engine.decrypt(at(states, 0), message, { sender: 2 })).toEqual(refused("wrong_sender"));
    const { commit } = value(await world.engine.commit(at(states, 1), { update: true, now: NOW, ...trustAll }));
    expect(await world.engine.processCommit(at(states, 0), commit, { ...trustAll, sender: 2 })).toEqual(
      passedOver("wrong_sender"),
    );
    expect(await world.engine.processCommit(at(states, 1), commit, trustAll)).toEqual(passedOver("own_commit", 1));
  });

  test("authenticated data, group and epoch must be the expected ones", async () => {
    const { engine } = world;
    const { message } = await engine.encrypt(bob, utf8("x"), utf8("bound"));
    expect(await engine.decrypt(alice, message, { sender: 1, aad: utf8("other") })).toEqual(refused("wrong_aad"));
    const updated = value(await engine.commit(alice, { update: true, now: NOW, ...trustAll }));
    expect(await engine.decrypt(updated.state, message, { sender: 1 })).toEqual(refused("wrong_epoch"));
    const eve = await person(world, "eve");
    const other = await engine.createGroup({ groupId: utf8("another group"), ...eve });
    expect(await engine.decrypt(other, message, { sender: 1 })).toEqual(refused("wrong_group"));
  });

  test("a flipped bit anywhere is refused and never throws", async () => {
    const { message } = await world.engine.encrypt(bob, utf8("x"), utf8("bound"));
    const { commit } = value(await world.engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    for (let i = 0; i < message.length; i++)
      expect((await world.engine.decrypt(alice, flippedAt(message, i), { sender: 1 })).ok).toBe(false);
    for (let i = 0; i < commit.length; i += 61)
      expect((await world.engine.processCommit(alice, flippedAt(commit, i), trustAll)).ok).toBe(false);
  });

  test("a message and a commit are not taken for one another", async () => {
    const { message } = await world.engine.encrypt(bob, utf8("x"), time(NOW));
    const { commit } = value(await world.engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    expect(await world.engine.processCommit(alice, message, trustAll)).toEqual(passedOver("wrong_kind"));
    expect(await world.engine.decrypt(alice, commit, { sender: 1 })).toEqual(refused("wrong_kind"));
    expect(privateMessageIn(message).contentType).toBe("application");
  });
});

describe("welcomes", () => {
  test("one for somebody else is refused by name, and a damaged one without a throw", async () => {
    const { engine } = world;
    const dave = await person(world, "dave");
    const made = value(await engine.commit(alice, { add: [carol.keyPackage], now: NOW, ...trustAll }));
    const welcome = made.welcome ?? NO_AAD;
    expect(await engine.join(welcome, { ...dave, now: NOW, ...trustAll })).toEqual(refused("not_for_us"));
    for (let i = 0; i < welcome.length; i += 97)
      expect((await engine.join(flippedAt(welcome, i), { ...carol, now: NOW, ...trustAll })).ok).toBe(false);
  });

  test("one that brings more than the tree beside the group is not joined", async () => {
    const now = Math.floor(Date.now() / 1000);
    const dave = await person(world, "dave", { notBefore: now - DAY, notAfter: now + DAY });
    const keyPackage = value(parseKeyPackage(dave.keyPackage));
    const made = await createCommit(
      { state: await plain(world.crypto, bob), cipherSuite: cs },
      {
        extraProposals: [addOf(keyPackage)],
        ratchetTreeExtension: true,
        groupInfoExtensions: [{ extensionType: "external_pub", extensionData: new Uint8Array(32) }],
      },
    );
    if (made.welcome === undefined) throw new Error("no welcome");
    const welcome = wrapped({ version: "mls10", wireformat: "mls_welcome", welcome: made.welcome });
    expect(await world.engine.join(welcome, { ...dave, now, ...trustAll })).toEqual(refused("extensions_refused"));
  });

  test("a group with extensions is not joined: their rules are not ours yet", async () => {
    const { createGroup } = await import("ts-mls/clientState.js");
    const mallory = await person(world, "mallory");
    const keyPackage = value(parseKeyPackage(mallory.keyPackage));
    const signer = {
      credential: { credentialType: "basic", identity: utf8("x") },
      signaturePublicKey: new Uint8Array(32),
    } as const;
    const { encodeExternalSender } = await import("ts-mls/externalSender.js");
    const extension = { extensionType: "external_senders", extensionData: encodeExternalSender(signer) } as const;
    const founded = await createGroup(utf8("trap"), keyPackage, value(parseSecret(mallory.secret)), [extension], cs);
    const state = {
      ...founded,
      active: true,
      secretTree: createSecretTree(createSuite(world.crypto), 1, new Uint8Array(64)),
    };
    const { welcome } = await forgedCommit(world.crypto, state, [addOf(value(parseKeyPackage(carol.keyPackage)))]);
    expect(await world.engine.join(welcome ?? NO_AAD, { ...carol, now: NOW, ...trustAll })).toEqual(
      refused("extensions_refused"),
    );
  });
});

function flippedAt(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, i) => (i === index ? byte ^ 0x10 : byte));
}

const planting = (instead: (parent: number) => Uint8Array | undefined): Suite => plantingSuite(world.crypto, instead);

async function customKeyPackage(suite: CiphersuiteImpl, capabilities: typeof CAPABILITIES): Promise<Uint8Array> {
  const { publicKey, secretKey } = world.crypto.signKeyPair();
  const life = { notBefore: BigInt(NOW - DAY), notAfter: BigInt(NOW + DAY) };
  const credential = { credentialType: "basic", identity: utf8("dave") } as const;
  const made = await generateKeyPackageWithKey(
    credential,
    capabilities,
    life,
    [],
    { publicKey, signKey: secretKey },
    suite,
  );
  return encodeKeyPackage(made.publicPackage);
}
