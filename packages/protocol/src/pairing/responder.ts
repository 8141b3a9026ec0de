import { concat, type Crypto } from "../crypto/index.ts";
import { fail, goOn, type PairingStep } from "./ending.ts";
import type { PairingEffect, PairingEvent } from "./events.ts";
import { MAX_ATTEMPTS, PAIRING_SECONDS, isSamePerson, peerProblem } from "./inviter.ts";
import { isStoreAddress, type Purpose } from "./link.ts";
import { encodeHello, encodeOffer, encodeReveal, parseAnswer, parseBundle } from "./messages.ts";
import { standingEffects } from "./standing.ts";
import type { Codes, Greeting, Invited, Opened, PairingState } from "./state.ts";
import { CHANNEL_CONTEXT, NONCE_BYTES, codeFrom, commitmentFrom, helloInfo } from "./transcript.ts";
import { openingHash, transcriptFrom } from "./transcript.ts";

/** Opens an invitation: `secret` and `store` come from its link, `now` in seconds. Section 6. */
export function responderStart(p: {
  readonly crypto: Crypto;
  readonly purpose: Purpose;
  readonly now: number;
  readonly secret: Uint8Array;
  readonly store: string;
  readonly feed: number;
}): { state: PairingState; effects: readonly PairingEffect[] } {
  const { crypto, now, purpose, secret, store, feed } = p;
  if (!isStoreAddress(store) || secret.length !== 32) throw new RangeError("not an invitation");
  const deadline = now + PAIRING_SECONDS;
  const state: Opened = { v: 1, phase: "opened", feed, now, deadline, purpose, secret, store };
  return { state, effects: standingEffects(crypto, state) };
}

/** Opened: the bundle says who invites, until when, and that it was made for this store. */
export function onBundle(crypto: Crypto, state: Opened, bytes: Uint8Array): PairingStep {
  const bundle = parseBundle(bytes);
  if (!bundle.ok) return fail(crypto, state, bundle.error);
  const { name, expiresAt, purpose, store } = bundle.value;
  if (store !== state.store || purpose !== state.purpose) return fail(crypto, state, "pairing_invalid");
  if (state.now > expiresAt) return fail(crypto, state, "invitation_expired");
  const { feed, now, secret } = state;
  const next: Invited = { v: 1, phase: "invited", feed, now, deadline: expiresAt, secret, bundle: bytes };
  return goOn(crypto, state, next, { type: "invitedBy", name });
}

/** Invited: our person accepts. The hello commits to our nonce before the inviter's is known. */
export function onResponderSelf(crypto: Crypto, state: Invited, event: PairingEvent & { type: "self" }): PairingStep {
  const { card, certificate, keyPackage } = event;
  if (keyPackage === undefined) throw new RangeError("the responder brings a key package");
  const { feed, now, secret, bundle } = state;
  const kemKey = parseBundle(bundle);
  const sealer = kemKey.ok ? crypto.hpkeSealer(kemKey.value.kemKey, helloInfo(crypto, bundle)) : undefined;
  if (sealer === undefined) return fail(crypto, state, "pairing_invalid");
  const nonce = crypto.random(NONCE_BYTES);
  const opening = openingHash(crypto, { bundle, enc: sealer.enc, card, certificate, keyPackage });
  const commitment = commitmentFrom(crypto, opening, nonce);
  const sealed = sealer.seal(concat(), encodeOffer({ card, certificate, keyPackage, commitment }));
  const hello = encodeHello({ enc: sealer.enc, sealed });
  const channel = sealer.export(CHANNEL_CONTEXT, 32);
  const deadline = Math.max(state.deadline, now + PAIRING_SECONDS);
  const kept = { v: 1 as const, feed, now, deadline, secret };
  const next: Greeting = { ...kept, phase: "greeting", channel, opening, commitment, nonce, ownCard: card, hello };
  return goOn(crypto, state, next);
}

/** Greeting: the inviter's card and nonce are here; now, and not before, ours may leave. */
export function onAnswer(crypto: Crypto, state: Greeting, bytes: Uint8Array): PairingStep {
  const answer = parseAnswer(bytes);
  if (answer === undefined) return fail(crypto, state, "pairing_invalid");
  const problem = peerProblem(crypto, answer, state.now);
  if (problem !== undefined) return fail(crypto, state, problem);
  if (isSamePerson(crypto, state.ownCard, answer.card)) return fail(crypto, state, "pairing_with_self");
  const { feed, now, channel, opening, commitment, nonce } = state;
  const { card, certificate } = answer;
  const transcript = transcriptFrom(crypto, opening, commitment, answer);
  const code = codeFrom(crypto, transcript, answer.nonce, nonce);
  const fresh = { attemptsLeft: MAX_ATTEMPTS, heard: false, keyPackage: null, welcome: null, confirmed: null };
  const kept = { v: 1 as const, feed, now, deadline: Math.max(state.deadline, now + PAIRING_SECONDS), channel };
  const reveal = encodeReveal({ nonce });
  const next: Codes = {
    ...kept,
    ...fresh,
    phase: "codes",
    role: "responder",
    card,
    certificate,
    reveal,
    transcript,
    code,
  };
  return goOn(crypto, state, next);
}
