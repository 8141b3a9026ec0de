import { concat, type Crypto } from "../crypto/index.ts";
import { isInTime, parseCard, parseDeviceCertificate, parseName } from "../identity/index.ts";
import { sameBytes } from "../object/bytes.ts";
import { fail, goOn, type PairingStep } from "./ending.ts";
import type { PairingEffect, PairingEvent, PairingFailure } from "./events.ts";
import { isStoreAddress, type Purpose } from "./link.ts";
import { encodeAnswer, encodeBundle, parseHello, parseOffer, parseReveal, type Offer } from "./messages.ts";
import { standingEffects } from "./standing.ts";
import type { Answered, Codes, Greeted, PairingState, Waiting } from "./state.ts";
import { CHANNEL_CONTEXT, NONCE_BYTES, codeFrom, commitmentFrom, helloInfo } from "./transcript.ts";
import { openingHash, transcriptFrom } from "./transcript.ts";

export const MAX_ATTEMPTS = 3;
/** Once both sides have met they have at least this long to read out their digits. */
export const PAIRING_SECONDS = 3600;

/**
 * Makes an invitation: the secret for its link (32 bytes) and the bundle to put. `now` and
 * `expiresAt` in seconds; `name` is what the other person reads before they accept; `store` is
 * where bundle and conversation live. Section 6.
 */
export function inviterStart(p: {
  readonly crypto: Crypto;
  readonly purpose: Purpose;
  readonly now: number;
  readonly expiresAt: number;
  readonly name: string;
  readonly store: string;
  readonly feed: number;
}): { state: PairingState; secret: Uint8Array; effects: readonly PairingEffect[] } {
  const { crypto, now, expiresAt, feed, store } = p;
  const name = parseName(p.name);
  if (!name.ok || !isStoreAddress(store) || expiresAt <= now) throw new RangeError("not an invitation");
  const [secret, kemSeed] = [crypto.random(32), crypto.random(32)];
  const { publicKey: kemKey } = crypto.kemKeyPair(kemSeed);
  const bundle = encodeBundle({ purpose: p.purpose, name: name.value, kemKey, expiresAt, store });
  const state: Waiting = { v: 1, phase: "waiting", feed, now, deadline: expiresAt, secret, kemSeed, bundle };
  return { state, secret, effects: standingEffects(crypto, state) };
}

/**
 * Waiting: the first hello there is decides. Its author holds the link; the code will tell who they
 * are.
 */
export function onHello(crypto: Crypto, state: Waiting, bytes: Uint8Array): PairingStep {
  const opened = openHello(crypto, state, bytes);
  if (opened === undefined) return fail(crypto, state, "pairing_invalid");
  const { feed, now, bundle } = state;
  const deadline = Math.max(state.deadline, now + PAIRING_SECONDS);
  const next: Greeted = { v: 1, phase: "greeted", feed, now, deadline, bundle, ...opened };
  const problem = peerProblem(crypto, opened, now);
  return problem === undefined ? goOn(crypto, state, next) : fail(crypto, next, problem, state);
}

/** Greeted: our own card, certificate and nonce go out. */
export function onInviterSelf(crypto: Crypto, state: Greeted, event: PairingEvent & { type: "self" }): PairingStep {
  if (isSamePerson(crypto, event.card, state.card)) return fail(crypto, state, "pairing_with_self");
  const { feed, now, deadline, card, certificate, keyPackage, commitment, channel } = state;
  const nonce = crypto.random(NONCE_BYTES);
  const answer = encodeAnswer({ card: event.card, certificate: event.certificate, nonce });
  const kept = { v: 1 as const, feed, now, deadline, card, certificate, keyPackage, commitment, channel };
  const opening = openingHash(crypto, state);
  const own = { nonce, ownCard: event.card, ownCertificate: event.certificate };
  const next: Answered = { ...kept, ...own, phase: "answered", opening, answer };
  return goOn(crypto, state, next);
}

/** Answered: the responder's nonce must be the one they committed to before they saw ours. */
export function onReveal(crypto: Crypto, state: Answered, bytes: Uint8Array): PairingStep {
  const { feed, now, deadline, card, certificate, keyPackage, commitment, channel, opening } = state;
  const nonce = parseReveal(bytes)?.nonce;
  if (nonce === undefined || !crypto.equal(commitment, commitmentFrom(crypto, opening, nonce)))
    return fail(crypto, state, "pairing_invalid");
  const own = { card: state.ownCard, certificate: state.ownCertificate };
  const transcript = transcriptFrom(crypto, opening, commitment, own);
  const code = codeFrom(crypto, transcript, state.nonce, nonce);
  const peer = { card, certificate, keyPackage };
  const fresh = { attemptsLeft: MAX_ATTEMPTS, heard: false, reveal: null, welcome: null, confirmed: null };
  const kept = { v: 1 as const, feed, now, deadline, channel };
  const next: Codes = { ...kept, ...peer, ...fresh, phase: "codes", role: "inviter", transcript, code };
  return goOn(crypto, state, next);
}

/** What stands against the other side's card and certificate, if anything. */
export function peerProblem(
  crypto: Crypto,
  peer: { readonly card: Uint8Array; readonly certificate: Uint8Array },
  now: number,
): PairingFailure | undefined {
  const card = parseCard(crypto, peer.card);
  if (!card.ok) return "pairing_invalid";
  const certificate = parseDeviceCertificate(crypto, peer.certificate, card.value);
  if (!certificate.ok) return "pairing_invalid";
  return isInTime(certificate.value, now) ? undefined : "pairing_clocks_differ";
}

/** Whether two cards are of one profile. Throws when `own`, which is ours, is no card. */
export function isSamePerson(crypto: Crypto, own: Uint8Array, other: Uint8Array): boolean {
  const [ours, theirs] = [parseCard(crypto, own), parseCard(crypto, other)];
  if (!ours.ok) throw new RangeError("our own card is not one");
  return theirs.ok && sameBytes(ours.value.id, theirs.value.id);
}

type OpenedHello = Offer & { readonly enc: Uint8Array; readonly channel: Uint8Array };

function openHello(crypto: Crypto, { kemSeed, bundle }: Waiting, bytes: Uint8Array): OpenedHello | undefined {
  const hello = parseHello(bytes);
  const opener = hello && crypto.hpkeOpener(kemSeed, hello.enc, helloInfo(crypto, bundle));
  const plaintext = hello && opener?.open(concat(), hello.sealed);
  const offer = plaintext && parseOffer(plaintext);
  if (hello === undefined || opener === undefined || offer === undefined) return undefined;
  const { card, certificate, keyPackage, commitment } = offer;
  const channel = opener.export(CHANNEL_CONTEXT, 32);
  return { card, certificate, keyPackage, commitment, enc: hello.enc, channel };
}
