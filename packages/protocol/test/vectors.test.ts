import { beforeAll, describe, expect, test } from "vitest";
import * as conversation from "@pli/protocol/conversation";
import { encodeContent, messageIdFrom, parseContent, type Content } from "@pli/protocol/content";
import { createCrypto, kdf, toHex, type Crypto } from "@pli/protocol/crypto";
import {
  backupSecretFrom,
  checkCredential,
  createCard,
  createDeviceCertificate,
  credentialFromCertificate,
  parseCard,
} from "@pli/protocol/identity";
import {
  encodeIdentity,
  identityFromRecovery,
  parseCredential,
  parseDeviceCertificate,
  parseIdentity,
  recoverySecretFrom,
  type Card,
} from "@pli/protocol/identity";
import { labelFrom, objectReader, openCell, sealCell, sealObject } from "@pli/protocol/object";
import type { CellKind, ChunkKind } from "@pli/protocol/object";
import { createInvitationLink, parseInvitationLink, type Invitation } from "@pli/protocol/pairing";
import {
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeBackup,
  encodeCopyList,
  encodeCopyPart,
  openBackup,
  parseBackup,
  parseCopyList,
  parseCopyPart,
  sealBackup,
  secretFromWords,
  wordsFromSecret,
  type Backup,
  type CopyList,
} from "@pli/protocol/recovery";
import { encodePastSlice, type PastSlice } from "@pli/protocol/devices";
import { encodeAnswer, encodeRequest, parseAnswer, parseRequest } from "@pli/protocol/wire";
import type { Answer, Cell, Label, Request } from "@pli/protocol/wire";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { createCiphersuite } from "../src/conversation/mls/ciphersuite.ts";
import * as messages from "../src/pairing/messages.ts";
import { seedOf, type PairingObject } from "../src/pairing/objects.ts";
import * as script from "../src/pairing/transcript.ts";
import { load, type Bytes } from "./vector-files.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const patternOf = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => (7 * i) % 251);
const errorOf = (result: { ok: boolean; error?: string }): string | undefined => result.error;

describe("frames", () => {
  const { valid, invalid } = load<{ direction: string; value: Request & Answer }>("frames");
  const parse = (direction: string, bytes: Bytes) =>
    direction === "request" ? parseRequest(bytes) : parseAnswer(bytes);

  test.each(valid)("$direction $name", ({ direction, value, bytes }) => {
    expect(parse(direction, bytes)).toEqual({ ok: true, value });
    expect(direction === "request" ? encodeRequest(value) : encodeAnswer(value)).toEqual(bytes);
  });
  test.each(invalid)("$direction: $name is refused", ({ direction, bytes, error }) => {
    expect(errorOf(parse(direction, bytes))).toBe(error);
  });
});

describe("labels", () => {
  const { valid } = load<Record<"secret" | "context" | "derived" | "label", Bytes> & { feed: number }>("labels");
  test.each(valid)("kdf $name, feed $feed", ({ secret, name, context, derived, feed, label }) => {
    expect(kdf(crypto, secret, name, context)).toEqual(derived);
    expect(labelFrom(feed, derived)).toEqual(label);
  });
});

describe("cell", () => {
  const { valid, invalid } = load<{ key: Bytes; value: { kind: CellKind; body: Bytes }; bytes: Cell }>("cell");
  test.each(valid)("$name", ({ key, value, bytes }) => {
    expect(openCell(crypto, key, bytes)).toEqual({ ok: true, value });
    expect(sealCell(crypto, key, value.kind, value.body)).toEqual(bytes);
  });
  test.each(invalid)("$name is refused", ({ key, bytes, error }) => {
    expect(openCell(crypto, key, bytes)).toEqual({ ok: false, error });
  });
});

describe("object", () => {
  type Chunk = { kind: ChunkKind; label: Label; bytes?: Bytes; sha256?: Bytes };
  type Vector = {
    seed: Bytes;
    feed: number;
    maxBytes: number;
    length: number;
    chunks: Chunk[];
    kind: ChunkKind;
    label: Label;
  };
  const { valid, invalid } = load<Vector>("object");

  test.each(valid)("$name", ({ seed, feed, maxBytes, length, chunks }) => {
    const puts = sealObject(crypto, seed, feed, patternOf(length));
    const reader = objectReader(crypto, seed, feed, maxBytes);
    const described = puts.map((put) =>
      put.kind === "cell"
        ? { kind: put.kind, label: put.label, bytes: put.cell }
        : { kind: put.kind, label: put.label, sha256: crypto.sha256(put.block) },
    );
    expect(described).toEqual(chunks);
    const read = puts.map((put) => reader.accept(put.kind, put.label, put.kind === "cell" ? put.cell : put.block));
    expect(read.at(-1)).toEqual({ ok: true, value: { done: patternOf(length) } });
  });
  test.each(invalid)("$name is refused", ({ seed, feed, maxBytes, kind, label, bytes, error }) => {
    expect(objectReader(crypto, seed, feed, maxBytes).accept(kind, label, bytes)).toEqual({ ok: false, error });
  });
});

/** The primitives, signing with this entropy. */
const signingWith = (entropy: Bytes): Crypto => ({
  ...crypto,
  mlDsaSign: (key, message) => crypto.mlDsaSign(key, message, entropy),
});

function secretFrom(bytes: Bytes) {
  const secret = recoverySecretFrom(bytes);
  if (secret === undefined) throw new Error("no recovery secret");
  return secret;
}

function cardFrom(bytes: Bytes): Card {
  const card = parseCard(crypto, bytes);
  if (!card.ok) throw new Error(card.error);
  return card.value;
}

describe("identity", () => {
  type Vector = { recovery: Bytes; generation: number; id: Bytes; backup: Bytes };
  const { valid, invalid } = load<Vector>("identity");
  test.each(valid)("$name", ({ recovery, generation, id, backup, bytes }) => {
    const identity = identityFromRecovery(crypto, secretFrom(recovery), generation);
    expect(identity.id).toEqual(id);
    expect(encodeIdentity(identity)).toEqual(bytes);
    expect(parseIdentity(crypto, bytes)).toEqual({ ok: true, value: identity });
    expect(backupSecretFrom(crypto, secretFrom(recovery), generation)).toEqual(backup);
  });
  test.each(invalid)("$name is refused", ({ bytes, error }) => {
    expect(parseIdentity(crypto, bytes)).toEqual({ ok: false, error });
  });
});

describe("recovery words", () => {
  type Vector = { secret: Bytes; language: "en" | "fr"; words: string[]; typed: string };
  const { valid, invalid } = load<Vector>("recovery-words");
  test.each(valid)("$name", ({ secret, language, words }) => {
    expect(wordsFromSecret(crypto, secretFrom(secret), language)).toEqual(words);
    expect(secretFromWords(crypto, words.join(" "))).toEqual({ ok: true, value: { secret, language } });
  });
  test.each(invalid)("$name is refused", ({ typed, error }) => {
    expect(secretFromWords(crypto, typed)).toMatchObject({ ok: false, error: { code: error } });
  });
});

describe("backup", () => {
  type Vector = Record<"secret" | "seed" | "object", Bytes> & { value: Backup; week: number; n: number };
  const { valid, invalid } = load<Vector>("backup");
  test.each(valid)("$name", ({ value, bytes, secret, week, n, seed, object }) => {
    expect(encodeBackup(value)).toEqual(bytes);
    expect(parseBackup(bytes)).toEqual({ ok: true, value });
    expect(backupSeed(crypto, secret, { week, n })).toEqual(seed);
    expect(openBackup(crypto, secret, { week, n }, object)).toEqual({ ok: true, value: bytes });
  });
  test.each(invalid)("$name is refused", ({ bytes, error }) => {
    expect(parseBackup(bytes)).toEqual({ ok: false, error });
  });
});

describe("message copy", () => {
  type Vector = { what: "list" | "part"; value: CopyList | readonly PastSlice[]; week: number; n: number } & Record<
    "backup" | "seed" | "objectHash" | "salt",
    Bytes
  >;
  const { valid, invalid } = load<Vector>("message-copy");
  const lists = valid.filter(({ what }) => what === "list");
  test.each(lists)("$name", ({ value, bytes, backup, week, n, seed, salt, objectHash }) => {
    expect(encodeCopyList(value as CopyList)).toEqual(bytes);
    expect(parseCopyList(bytes)).toEqual({ ok: true, value });
    const secret = copySecretFrom(crypto, backup);
    expect(backupSeed(crypto, secret, { week, n })).toEqual(seed);
    const salted = { ...crypto, random: () => salt };
    const object = sealBackup(salted, secret, { week, n }, bytes, COPY_OBJECT_LEAST);
    expect(crypto.sha256(object)).toEqual(objectHash);
    expect(openBackup(crypto, secret, { week, n }, object, COPY_OBJECT_LEAST)).toEqual({ ok: true, value: bytes });
  });
  test.each(valid.filter(({ what }) => what === "part"))("$name", ({ value, bytes }) => {
    expect(encodeCopyPart((value as readonly PastSlice[]).map(encodePastSlice))).toEqual(bytes);
    expect(parseCopyPart(bytes)).toEqual(value);
  });
  test.each(invalid.filter(({ what }) => what === "list"))("$name is refused", ({ bytes, error }) => {
    expect(parseCopyList(bytes)).toEqual({ ok: false, error });
  });
  test.each(invalid.filter(({ what }) => what === "part"))("$name is refused", ({ bytes }) => {
    expect(parseCopyPart(bytes)).toBeUndefined();
  });
});

describe("card", () => {
  type Vector = Record<"recovery" | "entropy", Bytes> & { value: Card };
  const { valid, invalid } = load<Vector>("card");
  test.each(valid)("$name", ({ recovery, entropy, value, bytes }) => {
    expect(parseCard(crypto, bytes)).toEqual({ ok: true, value: { ...value, bytes } });
    const identity = identityFromRecovery(crypto, secretFrom(recovery), value.generation);
    expect(createCard(signingWith(entropy), identity, value.name, value.issuedAt)).toEqual({ ...value, bytes });
  });
  test.each(invalid)("$name is refused", ({ bytes, error }) => {
    expect(parseCard(crypto, bytes)).toEqual({ ok: false, error });
  });
});

describe("certificate and leaf credential", () => {
  type Value = { generation: number; deviceKey: Bytes; deviceId: Bytes; notBefore: number; notAfter: number };
  type Vector = Record<"recovery" | "card" | "entropy" | "credential", Bytes> & { value: Value };
  const { valid, invalid } = load<Vector>("certificate");
  test.each(valid)("$name", ({ recovery, card, entropy, value, bytes, credential }) => {
    const parsed = parseDeviceCertificate(crypto, bytes, cardFrom(card));
    expect(parsed).toEqual({ ok: true, value: { ...value, bytes } });
    const identity = identityFromRecovery(crypto, secretFrom(recovery), value.generation);
    const made = createDeviceCertificate(signingWith(entropy), identity, value);
    expect(made.bytes).toEqual(bytes);
    const shown = cardFrom(card);
    expect(credentialFromCertificate(crypto, made, shown)).toEqual(credential);
    const { deviceKey, ...fields } = value;
    const { path, edKey, mlDsaKey } = shown;
    const leaf = { ...fields, path, edKey, mlDsaHash: crypto.sha256(mlDsaKey) };
    expect(parseCredential(credential)).toEqual({ ok: true, value: leaf });
    expect(checkCredential(crypto, credential, deviceKey, value.notBefore)).toEqual({ ok: true, value: leaf });
  });
  test.each(invalid)("$name is refused", ({ card, bytes, error }) => {
    expect(parseDeviceCertificate(crypto, bytes, cardFrom(card))).toEqual({ ok: false, error });
  });
});

describe("link", () => {
  const { valid, invalid } = load<{ base: string; value: Invitation; link: string }>("link");
  test.each(valid)("of a $value.purpose, to $value.store", ({ base, value, link }) => {
    expect(parseInvitationLink(crypto, link)).toEqual({ ok: true, value });
    expect(createInvitationLink(crypto, { base, ...value })).toBe(link);
  });
  test.each(invalid)("$name is refused", ({ link, error }) => {
    expect(parseInvitationLink(crypto, link)).toEqual({ ok: false, error });
  });
});

describe("pairing", () => {
  type Codec = { encode: (value: never) => Bytes; parse: (bytes: Bytes) => unknown };
  const codecs: Readonly<Record<string, Codec>> = {
    bundle: { encode: messages.encodeBundle, parse: (bytes) => outcomeOf(messages.parseBundle(bytes)) },
    deviceBundle: { encode: messages.encodeBundle, parse: (bytes) => outcomeOf(messages.parseBundle(bytes)) },
    offer: { encode: messages.encodeOffer, parse: messages.parseOffer },
    hello: { encode: messages.encodeHello, parse: messages.parseHello },
    answer: { encode: messages.encodeAnswer, parse: messages.parseAnswer },
    reveal: { encode: messages.encodeReveal, parse: messages.parseReveal },
    inviterConfirmed: { encode: messages.encodeConfirmed, parse: messages.parseConfirmed },
    responderConfirmed: { encode: messages.encodeConfirmed, parse: messages.parseConfirmed },
    confirmed: { encode: messages.encodeConfirmed, parse: messages.parseConfirmed },
    refused: {
      encode: ({ reason }: { reason: messages.RefusalReason }) => messages.encodeRefused(reason),
      parse: (bytes) => messages.parseRefused(bytes),
    },
  };
  type Said = { value: Readonly<Record<string, never>>; bytes: Bytes };
  type Vector = {
    given: Record<"secret" | "kemSeed" | "inviterNonce" | "responderNonce", Bytes>;
    messages: Record<string, Said>;
    seeds: Record<PairingObject, Bytes>;
    derived: Record<"helloInfo" | "channel" | "opening" | "commitment" | "transcript" | "pairwise", Bytes>;
    code: { digits: string; inviter: object; responder: object };
    message: string;
  };
  const { valid, invalid } = load<Vector>("pairing");
  const [exchange] = valid;
  if (exchange === undefined) throw new Error("no exchange");
  const { given, seeds, derived, code } = exchange;
  const said = (name: string): Said => exchange.messages[name] ?? { value: {}, bytes: new Uint8Array() };

  function outcomeOf(result: { ok: boolean; value?: unknown; error?: string }): unknown {
    return result.ok ? result.value : result.error;
  }

  test.each(Object.keys(exchange.messages))("%s, both ways", (name) => {
    const { value, bytes } = said(name);
    const wanted: unknown = name === "refused" ? value["reason"] : { v: 1, ...value };
    expect(codecs[name]?.parse(bytes)).toEqual(wanted);
    expect(codecs[name]?.encode(value as never)).toEqual(bytes);
  });

  test("the hello opens with the bundle's key to the offer, and gives the channel", () => {
    const { enc, sealed } = said("hello").value as unknown as messages.Hello;
    const info = script.helloInfo(crypto, said("bundle").bytes);
    const opener = crypto.hpkeOpener(given.kemSeed, enc, info);
    expect(info).toEqual(derived.helloInfo);
    expect(opener?.open(new Uint8Array(0), sealed)).toEqual(said("offer").bytes);
    expect(opener?.export(script.CHANNEL_CONTEXT, 32)).toEqual(derived.channel);
    expect(crypto.kemKeyPair(given.kemSeed).publicKey).toEqual(said("bundle").value["kemKey"]);
  });

  test("seeds, commitment, transcript, tags and the eight digits follow", () => {
    const { enc } = said("hello").value as unknown as messages.Hello;
    const offer = said("offer").value as unknown as messages.Offer;
    const answer = said("answer").value as unknown as messages.Answer;
    const opening = script.openingHash(crypto, { bundle: said("bundle").bytes, enc, ...offer });
    const commitment = script.commitmentFrom(crypto, opening, given.responderNonce);
    const transcript = script.transcriptFrom(crypto, opening, commitment, answer);
    const { channel } = derived;
    expect({ opening, commitment, transcript }).toEqual({
      opening: derived.opening,
      commitment: offer.commitment,
      transcript: derived.transcript,
    });
    expect(script.pairwiseFrom(crypto, channel, transcript)).toEqual(derived.pairwise);
    for (const [name, seed] of Object.entries(seeds))
      expect(seedOf(crypto, name as PairingObject, { link: given.secret, channel })).toEqual(seed);
    for (const role of ["inviter", "responder"] as const) {
      const { tag, welcome } = said(`${role}Confirmed`).value as unknown as messages.Confirmed;
      expect(script.confirmTag(crypto, { channel, transcript }, role, welcome)).toEqual(tag);
      expect(script.halvesFor(role, code.digits)).toEqual(code[role]);
    }
    expect(script.codeFrom(crypto, transcript, given.inviterNonce, given.responderNonce)).toBe(code.digits);
  });

  test.each(invalid)("$name is refused", ({ message, bytes, error }) => {
    const outcome = codecs[message]?.parse(bytes);
    expect(outcome ?? "pairing_invalid").toBe(error);
  });
});

describe("content", () => {
  type Vector = { value: Content; from: { sender: Bytes; conversation: Bytes }; messageId: Bytes };
  const { valid, invalid } = load<Vector>("content");
  test.each(valid)("$name", ({ value, bytes, from, messageId }) => {
    expect(parseContent(bytes)).toEqual({ ok: true, value });
    expect(toHex(encodeContent(value))).toBe(toHex(bytes));
    expect(messageIdFrom(crypto, bytes, from)).toEqual(messageId);
  });
  test.each(invalid)("$name is refused", ({ bytes, error }) => {
    expect(parseContent(bytes)).toEqual({ ok: false, error });
  });
});

describe("call-secret", () => {
  type Vector = { name: string; exporterSecret: Bytes; exported: Bytes; callSecret: Bytes };
  const { valid } = load<Vector>("call-secret");
  test.each(valid)("$name", async ({ exporterSecret, exported, callSecret }) => {
    const cs = createCiphersuite(crypto);
    const exportedAs = (label: string) => mlsExporter(exporterSecret, label, new Uint8Array(0), 32, cs);
    expect(await exportedAs(conversation.LABELS_EXPORT)).toEqual(exported);
    expect(await exportedAs(conversation.CALL_EXPORT)).toEqual(callSecret);
  });
});

describe("chain", () => {
  type Step = Record<"secret" | "key", Bytes> & { index: number; label: Label };
  type Vector = {
    exported: Bytes;
    feed: number;
    chains: { leaf: number; steps: Step[] }[];
    commits: conversation.Slot[];
  };
  const { valid } = load<Vector>("chain");
  test.each(valid)("$name", ({ exported, feed, chains, commits }) => {
    const leaves = chains.map(({ leaf }) => leaf);
    const made = conversation.chainsFromExport(crypto, exported, feed, leaves);
    expect(made.commits).toEqual(commits);
    expect(made.chains.map(({ leaf, secret }) => ({ leaf, secret }))).toEqual(
      chains.map(({ leaf, steps }) => ({ leaf, secret: steps[0]?.secret })),
    );
    for (const [i, { steps }] of chains.entries()) {
      let chain = made.chains[i];
      for (const { secret, ...slot } of steps) {
        if (chain === undefined) throw new Error("no chain");
        expect(chain.secret).toEqual(secret);
        expect(conversation.chainSlot(crypto, chain, feed)).toEqual(slot);
        chain = conversation.nextChain(crypto, chain);
      }
    }
  });
});

describe("payload", () => {
  type Body = { kind: CellKind; body: Bytes };
  const { valid, invalid } = load<{ bodies: Body[]; value: conversation.Payload }>("payload");
  const keyAt = (i: number): Bytes => new Uint8Array(32).fill(i);
  const read = (bodies: readonly Body[]) =>
    conversation.readPayload(
      crypto,
      bodies.map(({ kind, body }, i) => ({ key: keyAt(i), cell: sealCell(crypto, keyAt(i), kind, body) })),
    );
  const messages = valid.flatMap(({ name, bodies, value }) =>
    value.type === "message" ? [{ name, bodies, message: value.message }] : [],
  );

  test.each(valid)("$name", ({ bodies, value }) => expect(read(bodies)).toEqual({ ok: true, value }));
  test.each(messages)("$name, written", ({ bodies, message }) => {
    expect(conversation.payloadFromMessage(crypto, 0, message).bodies).toEqual(bodies);
  });
  test.each(invalid)("$name: refused", ({ bodies, error }) => expect(read(bodies)).toEqual({ ok: false, error }));
});

describe("beacon", () => {
  type Vector = Record<"pairwise" | "edKey" | "signSeed" | "conversation", Bytes> & {
    beacon: conversation.Beacon;
    seeds: Record<"request" | "answer", Bytes>;
    request: Record<"keyPackage" | "bytes", Bytes>;
    answer: Record<"welcome" | "bytes", Bytes>;
    message: "request" | "answer";
  };
  const { valid, invalid } = load<Vector>("beacon");

  test.each(valid)("$name", ({ pairwise, edKey, signSeed, beacon, request, answer, ...given }) => {
    const { keyPackage } = request;
    const signKey = crypto.signKeyPair(signSeed).secretKey;
    expect(conversation.conversationIdFrom(crypto, pairwise)).toEqual(given.conversation);
    expect(conversation.beaconSeeds(crypto, pairwise, beacon)).toEqual(given.seeds);
    expect(conversation.createBeaconRequest(crypto, { pairwise, beacon, keyPackage, signKey })).toEqual(request.bytes);
    const read = conversation.parseBeaconRequest(crypto, request.bytes, { pairwise, beacon, edKey });
    expect(read).toEqual({ ok: true, value: keyPackage });
    expect(conversation.encodeBeaconAnswer(answer.welcome)).toEqual(answer.bytes);
    expect(conversation.parseBeaconAnswer(answer.bytes)).toEqual({ ok: true, value: answer.welcome });
  });
  test.each(invalid)("$name is refused", ({ message, bytes, error, ...given }) => {
    const read =
      message === "request"
        ? conversation.parseBeaconRequest(crypto, bytes, given)
        : conversation.parseBeaconAnswer(bytes);
    expect(read).toEqual({ ok: false, error });
  });
});
