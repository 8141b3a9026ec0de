import { concat, fromBase64Url, toBase64Url, utf8, type Crypto } from "@pli/protocol/crypto";
import { createCard, createDeviceCertificate, createIdentity } from "@pli/protocol/identity";
import { createInvitationLink } from "@pli/protocol/pairing";
import { encodeCbor } from "@pli/protocol/object";
import * as messages from "../../packages/protocol/src/pairing/messages.ts";
import { seedOf, type PairingObject } from "../../packages/protocol/src/pairing/objects.ts";
import * as script from "../../packages/protocol/src/pairing/transcript.ts";
import { changed } from "./identity.ts";
import { damaged, flipped, patternOf, seededFor, type VectorFile } from "./json.ts";

const NOW = 1_790_000_000;
const STORE = "http://127.0.0.1:7540";
const NAMES: readonly PairingObject[] = [
  "bundle",
  "revoked",
  "hello",
  "answer",
  "reveal",
  "inviterConfirmed",
  "responderConfirmed",
  "inviterRefused",
  "responderRefused",
];

/** Invitation links, section 6. */
export async function linkVectors(): Promise<VectorFile> {
  const crypto = await seededFor("link");
  const secret = crypto.random(32);
  const stores = [STORE, "https://store.pli.example", "http://[::1]:7540"];
  const base = "https://pli.example";
  const link = createInvitationLink(crypto, { base, purpose: "person", store: STORE, secret });
  const code = link.slice(link.indexOf("#") + 1);
  const bytes = fromBase64Url(code) ?? new Uint8Array();
  const withFirst = (version: number): string => toBase64Url(Uint8Array.of(version, ...bytes.subarray(1)));
  const malformed = "invitation_malformed";
  return {
    structure: "link",
    about:
      "base, /i# (of a device /d#) and base64url without padding of: 01 (of a device 11), length of the store address u8, store address, secret (32), first 4 bytes of the SHA-256 of all before (section 6).",
    valid: (["person", "device"] as const).flatMap((purpose) =>
      stores.map((store) => {
        const value = { purpose, store, secret };
        return { base, value, link: createInvitationLink(crypto, { base, ...value }) };
      }),
    ),
    invalid: [
      { name: "nothing", link: "", error: "invitation_cut_short" },
      { name: "the last character missing", link: link.slice(0, -1), error: "invitation_cut_short" },
      { name: "cut after #", link: link.slice(0, link.indexOf("#") + 1), error: "invitation_cut_short" },
      { name: "cut in the middle", link: link.slice(0, -30), error: "invitation_cut_short" },
      { name: "a newer version", link: withFirst(2), error: "invitation_newer" },
      { name: "version 0", link: withFirst(0), error: malformed },
      { name: "a character too many", link: `${link}A`, error: malformed },
      { name: "a flipped bit", link: toBase64Url(flipped(bytes, 30)), error: malformed },
      { name: "padding", link: `${link}=`, error: malformed },
      { name: "something else", link: "https://example.org/", error: malformed },
    ],
  };
}

/**
 * One exchange from the link's secret to the code, section 6: every message, every seed, every
 * hash.
 */
export async function pairingVectors(): Promise<VectorFile> {
  const crypto = await seededFor("pairing");
  const [inviter, responder] = [personOf(crypto, "Camille"), personOf(crypto, "Noé")];
  const [secret, kemSeed] = [crypto.random(32), crypto.random(32)];
  const [inviterNonce, responderNonce] = [crypto.random(32), crypto.random(32)];
  const keyPackage = patternOf(300);
  const bundle = {
    purpose: "person",
    name: "Camille",
    kemKey: crypto.kemKeyPair(kemSeed).publicKey,
    expiresAt: NOW + 86_400,
    store: STORE,
  } as const;
  const deviceBundle = { ...bundle, purpose: "device" } as const;
  const bundleBytes = messages.encodeBundle(bundle);
  const sealer = crypto.hpkeSealer(bundle.kemKey, script.helloInfo(crypto, bundleBytes));
  if (sealer === undefined) throw new Error("no X-Wing key");
  const channel = sealer.export(script.CHANNEL_CONTEXT, 32);
  const opening = script.openingHash(crypto, { bundle: bundleBytes, enc: sealer.enc, keyPackage, ...responder });
  const commitment = script.commitmentFrom(crypto, opening, responderNonce);
  const offer = { ...responder, keyPackage, commitment };
  const hello = { enc: sealer.enc, sealed: sealer.seal(concat(), messages.encodeOffer(offer)) };
  const answer = { ...inviter, nonce: inviterNonce };
  const transcript = script.transcriptFrom(crypto, opening, commitment, inviter);
  const code = script.codeFrom(crypto, transcript, inviterNonce, responderNonce);
  const welcome = utf8("a welcome of the group");
  const tag = (role: "inviter" | "responder", bytes: Uint8Array) =>
    script.confirmTag(crypto, { channel, transcript }, role, bytes);
  const inviterConfirmed = { tag: tag("inviter", welcome), welcome };
  const responderConfirmed = { tag: tag("responder", new Uint8Array(0)), welcome: new Uint8Array(0) };
  return {
    structure: "pairing",
    about:
      "One exchange: what each side says, canonical CBOR, and what follows from it. `seeds` are those of the objects that carry the messages; `offer` is what `hello` seals.",
    valid: [
      {
        name: "Camille invites Noé",
        given: { secret, kemSeed, inviterNonce, responderNonce },
        messages: {
          bundle: { value: bundle, bytes: bundleBytes },
          deviceBundle: { value: deviceBundle, bytes: messages.encodeBundle(deviceBundle) },
          offer: { value: offer, bytes: messages.encodeOffer(offer) },
          hello: { value: hello, bytes: messages.encodeHello(hello) },
          answer: { value: answer, bytes: messages.encodeAnswer(answer) },
          reveal: { value: { nonce: responderNonce }, bytes: messages.encodeReveal({ nonce: responderNonce }) },
          inviterConfirmed: { value: inviterConfirmed, bytes: messages.encodeConfirmed(inviterConfirmed) },
          responderConfirmed: { value: responderConfirmed, bytes: messages.encodeConfirmed(responderConfirmed) },
          refused: { value: { reason: "burned" }, bytes: messages.encodeRefused("burned") },
        },
        seeds: Object.fromEntries(NAMES.map((name) => [name, seedOf(crypto, name, { link: secret, channel })])),
        derived: {
          helloInfo: script.helloInfo(crypto, bundleBytes),
          channel,
          opening,
          commitment,
          transcript,
          pairwise: script.pairwiseFrom(crypto, channel, transcript),
        },
        code: {
          digits: code,
          inviter: script.halvesFor("inviter", code),
          responder: script.halvesFor("responder", code),
        },
      },
    ],
    invalid: badMessages(bundleBytes, messages.encodeAnswer(answer), messages.encodeReveal({ nonce: responderNonce })),
  };
}

function badMessages(bundle: Uint8Array, answer: Uint8Array, reveal: Uint8Array) {
  const error = "pairing_invalid";
  const of = (message: string, bytes: Uint8Array) => damaged(bytes, error, { message }, `${message}: `);
  const bad = (message: string, name: string, bytes: Uint8Array) => ({
    message,
    name: `${message}: ${name}`,
    bytes,
    error,
  });
  return [
    ...of("bundle", bundle),
    ...of("answer", answer),
    ...of("reveal", reveal),
    {
      message: "bundle",
      name: "bundle: a newer version",
      bytes: changed(bundle, { v: 2, more: 1 }),
      error: "invitation_newer",
    },
    bad("bundle", "another purpose", changed(bundle, { purpose: "person" })),
    bad("bundle", "a store that is no address", changed(bundle, { store: "ftp://example.org" })),
    bad("bundle", "a name nobody can see", changed(bundle, { name: "\u200b" })),
    bad("bundle", "a short key", changed(bundle, { kemKey: new Uint8Array(1215) })),
    bad("bundle", "a time before 1970", changed(bundle, { expiresAt: -1 })),
    bad("answer", "a short nonce", changed(answer, { nonce: new Uint8Array(31) })),
    bad("answer", "a card of 8 KiB and a byte", changed(answer, { card: new Uint8Array(8193) })),
    bad("hello", "no encapsulation", encodeCbor({ v: 1, enc: new Uint8Array(1119), sealed: new Uint8Array(100) })),
    bad(
      "offer",
      "no commitment",
      encodeCbor({ v: 1, card: new Uint8Array(1), certificate: new Uint8Array(1), keyPackage: new Uint8Array(1) }),
    ),
    bad("confirmed", "a short tag", encodeCbor({ v: 1, tag: new Uint8Array(31), welcome: new Uint8Array(0) })),
    bad("refused", "an unknown reason", encodeCbor({ v: 1, reason: "bored" })),
  ];
}

function personOf(crypto: Crypto, name: string): { card: Uint8Array; certificate: Uint8Array } {
  const identity = createIdentity(crypto);
  const { publicKey: deviceKey } = crypto.signKeyPair();
  const times = { notBefore: NOW, notAfter: NOW + 31_536_000 };
  const certificate = createDeviceCertificate(crypto, identity, { deviceKey, ...times });
  return { card: createCard(crypto, identity, name, NOW).bytes, certificate: certificate.bytes };
}
