import {
  CALL_EXPORT,
  COMMIT_ATTEMPTS,
  LABELS_EXPORT,
  MAX_FRAGMENTS,
  beaconSeeds,
  chainSlot,
  chainsFromExport,
  conversationIdFrom,
  createBeaconRequest,
  encodeBeaconAnswer,
  nextChain,
  type Beacon,
  type Chain,
} from "@pli/protocol/conversation";
import { concat, utf8, type Crypto } from "@pli/protocol/crypto";
import { MAX_CELL_BODY, MAX_OBJECT_BYTES, encodeCbor, type CellKind } from "@pli/protocol/object";
import { u16 } from "../../packages/protocol/src/crypto/bytes.ts";
import { hkdfExpand } from "../../packages/protocol/src/crypto/hkdf.ts";
import { u32 } from "../../packages/protocol/src/object/bytes.ts";
import { changed } from "./identity.ts";
import { damaged, flipped, patternOf, seededFor, type VectorFile } from "./json.ts";

type Body = { readonly kind: CellKind; readonly body: Uint8Array };

const FRAGMENT = MAX_CELL_BODY - 2;
const STEPS = 4;

/** Label chains and commit slots of an epoch, section 4. */
export async function chainVectors(): Promise<VectorFile> {
  const crypto = await seededFor("chain");
  const cases: readonly (readonly [string, number, readonly number[]])[] = [
    ["two members, feed 0", 0, [0, 1]],
    ["leaves with a gap, feed 43981", 43_981, [0, 3, 1999]],
  ];
  return {
    structure: "chain",
    about:
      'From the exported secret E (32): S[l,0] = kdf(E, "sender", u32 l), S[l,i+1] = kdf(S[l,i], "next"), label = feed and kdf(S[l,i], "label")[0..30], key = kdf(S[l,i], "cell"). Commit attempt a: label from kdf(E, "commit", u32 a), key = kdf(E, "commit cell", u32 a) (section 4).',
    valid: cases.map(([name, feed, leaves]) => {
      const exported = crypto.random(32);
      const { chains, commits } = chainsFromExport(crypto, exported, feed, leaves);
      return {
        name,
        exported,
        feed,
        chains: chains.map((chain) => ({ leaf: chain.leaf, steps: stepsOf(crypto, chain, feed) })),
        commits: commits.slice(0, COMMIT_ATTEMPTS),
      };
    }),
    invalid: [],
  };
}

function stepsOf(crypto: Crypto, chain: Chain, feed: number): object[] {
  const steps: object[] = [];
  for (let at = chain; steps.length < STEPS; at = nextChain(crypto, at))
    steps.push({ secret: at.secret, ...chainSlot(crypto, at, feed) });
  return steps;
}

/** What MLS exports at the start of an epoch, section 4. */
export async function callSecretVectors(): Promise<VectorFile> {
  const crypto = await seededFor("call-secret");
  const expand = (secret: Uint8Array, label: string, context: Uint8Array, length: number): Uint8Array =>
    hkdfExpand(crypto, "sha512", secret, kdfLabel(label, context, length), length);
  const exportFrom = (exporterSecret: Uint8Array, label: string): Uint8Array => {
    const nothing = new Uint8Array(0);
    return expand(expand(exporterSecret, label, nothing, 64), "exported", crypto.sha512(nothing), 32);
  };
  return {
    structure: "call-secret",
    about:
      'From the exporter secret of an epoch (64, RFC 9420 section 8.5, suite of section 4.1): E = MLS-Exporter("pli labels", "", 32), the call secret = MLS-Exporter("pli call", "", 32) (section 4.2).',
    valid: ["an epoch", "another epoch"].map((name) => {
      const exporterSecret = crypto.random(64);
      const exported = exportFrom(exporterSecret, LABELS_EXPORT);
      return { name, exporterSecret, exported, callSecret: exportFrom(exporterSecret, CALL_EXPORT) };
    }),
    invalid: [],
  };
}

/** KDFLabel of RFC 9420, section 8: lengths of up to 63 take one byte, longer ones two. */
function kdfLabel(label: string, context: Uint8Array, length: number): Uint8Array {
  const sized = (bytes: Uint8Array): Uint8Array =>
    concat(bytes.length < 64 ? Uint8Array.of(bytes.length) : u16(0x4000 | bytes.length), bytes);
  return concat(u16(length), sized(utf8(`MLS 1.0 ${label}`)), sized(context));
}

/** What consecutive cells of a sender hold, section 4. */
export async function payloadVectors(): Promise<VectorFile> {
  const crypto = await seededFor("payload");
  const [seed, longest] = [crypto.random(32), MAX_FRAGMENTS * FRAGMENT];
  const messages = [1, MAX_CELL_BODY, MAX_CELL_BODY + 1, longest].map((length) => {
    const bodies = bodiesOf(patternOf(length));
    const value = { type: "message", used: bodies.length, message: patternOf(length) };
    return { name: `a message of ${length} bytes`, bodies, value };
  });
  const pointers = [MAX_CELL_BODY + 1, longest + 1, MAX_OBJECT_BYTES].map((length) => {
    const value = { type: "pointer", used: 1, pointer: { seed, length } };
    return { name: `a pointer to ${length} bytes`, bodies: [pointer(seed, length)], value };
  });
  const [first, second] = bodiesOf(patternOf(2 * FRAGMENT));
  if (first === undefined || second === undefined) throw new Error("two fragments");
  return {
    structure: "payload",
    about:
      "Bodies of consecutive cells of one sender and what they hold. whole: the message (up to 4,076 bytes). fragment: index u8, count u8 (2 to 4), part; all parts but the last have 4,074 bytes, together they are more than one cell holds. pointer: seed (32), length u32, 4,077 bytes to 16 MiB. decoy: nothing (section 4).",
    valid: [
      ...messages,
      ...pointers,
      { name: "a decoy", bodies: [{ kind: "decoy", body: new Uint8Array(0) }], value: { type: "decoy", used: 1 } },
      { name: "the first of two fragments", bodies: [first], value: { type: "incomplete" } },
    ],
    invalid: badPayloads(seed, first, second),
  };
}

function badPayloads(seed: Uint8Array, first: Body, second: Body) {
  const bad = (name: string, ...bodies: readonly Body[]) => ({ name, bodies, error: "cell_malformed" });
  const short = pointer(seed, 5000).body.subarray(0, 35);
  return [
    bad("fragments in the wrong order", second, first),
    bad("a fragment twice", first, first),
    bad("a fragment of another count", first, { ...second, body: concat(Uint8Array.of(1, 3), patternOf(10)) }),
    bad("a whole message among fragments", first, { kind: "whole", body: second.body }),
    bad("two fragments where one cell holds it", first, fragment(1, 2, patternOf(2))),
    bad("a first fragment that is not full", fragment(0, 2, patternOf(100)), second),
    bad("an empty last fragment", first, fragment(1, 2, patternOf(0))),
    bad("one fragment", fragment(0, 1, patternOf(FRAGMENT))),
    bad("five fragments", fragment(0, 5, patternOf(FRAGMENT))),
    bad("a fragment without a head", { kind: "fragment", body: Uint8Array.of(0) }),
    bad("a pointer to what one cell holds", pointer(seed, MAX_CELL_BODY)),
    bad("a pointer beyond 16 MiB", pointer(seed, MAX_OBJECT_BYTES + 1)),
    bad("a pointer one byte short", { kind: "pointer", body: short }),
    bad("a decoy with something in it", { kind: "decoy", body: Uint8Array.of(0) }),
  ];
}

function bodiesOf(message: Uint8Array): Body[] {
  if (message.length <= MAX_CELL_BODY) return [{ kind: "whole", body: message }];
  const count = Math.ceil(message.length / FRAGMENT);
  return Array.from({ length: count }, (_, i) =>
    fragment(i, count, message.subarray(i * FRAGMENT, (i + 1) * FRAGMENT)),
  );
}

function fragment(index: number, count: number, part: Uint8Array): Body {
  return { kind: "fragment", body: concat(Uint8Array.of(index, count), part) };
}

function pointer(seed: Uint8Array, length: number): Body {
  return { kind: "pointer", body: concat(seed, u32(length)) };
}

/** Beacons, section 8: seeds, request and answer. */
export async function beaconVectors(): Promise<VectorFile> {
  const crypto = await seededFor("beacon");
  const [pairwise, signSeed] = [crypto.random(32), crypto.random(32)];
  const { publicKey: edKey, secretKey: signKey } = crypto.signKeyPair(signSeed);
  const beacons: readonly Beacon[] = [
    { day: 20_780, from: "inviter", index: 0 },
    { day: 20_780, from: "responder", index: 3 },
    { day: 0xffff_ffff, from: "inviter", index: 1 },
    { day: 0xffff_ffff, from: "responder", index: 255 },
  ];
  const [keyPackage, welcome] = [patternOf(300), patternOf(400)];
  const common = { pairwise, edKey };
  const valid = beacons.map((beacon) => ({
    name: `beacon ${beacon.index} of the ${beacon.from} on day ${beacon.day}`,
    pairwise,
    edKey,
    signSeed,
    beacon,
    conversation: conversationIdFrom(crypto, pairwise),
    seeds: beaconSeeds(crypto, pairwise, beacon),
    request: { keyPackage, bytes: createBeaconRequest(crypto, { pairwise, beacon, keyPackage, signKey }) },
    answer: { welcome, bytes: encodeBeaconAnswer(welcome) },
  }));
  const [one] = valid;
  if (one === undefined) throw new Error("no beacon");
  const { beacon, request, answer } = one;
  const of = (message: "request" | "answer", name: string, bytes: Uint8Array, error = "beacon_malformed") => ({
    ...common,
    beacon,
    message,
    name: `${message}: ${name}`,
    bytes,
    error,
  });
  const more = (message: "request" | "answer") => ({ ...common, beacon, message });
  return {
    structure: "beacon",
    about:
      'context = day u32, 0 inviter or 1 responder (whose beacon) u8, index u8. Seeds kdf(pairwise, "beacon", context) and kdf(pairwise, "beacon answer", context). request = CBOR { v: 1, keyPackage, signature } with Ed25519 over "pli beacon v1", 00, context, conversation id, keyPackage; answer = CBOR { v: 1, welcome }; conversation id = kdf(pairwise, "conversation") (section 8).',
    valid,
    invalid: [
      ...damaged(request.bytes, "beacon_malformed", more("request"), "request: "),
      of("request", "another version", changed(request.bytes, { v: 2 })),
      of("request", "a field too many", changed(request.bytes, { more: 1 })),
      of("request", "a key package of 16 KiB and a byte", changed(request.bytes, { keyPackage: patternOf(16_385) })),
      of("request", "a short signature", changed(request.bytes, { signature: patternOf(63) })),
      of(
        "request",
        "another key package",
        changed(request.bytes, { keyPackage: flipped(keyPackage, 9) }),
        "beacon_not_signed",
      ),
      of("request", "made for another beacon", valid[1]?.request.bytes ?? keyPackage, "beacon_not_signed"),
      ...damaged(answer.bytes, "beacon_malformed", more("answer"), "answer: "),
      of("answer", "another version", changed(answer.bytes, { v: 2 })),
      of("answer", "a welcome of 48 KiB and a byte", encodeCbor({ v: 1, welcome: patternOf(49_153) })),
    ],
  };
}
