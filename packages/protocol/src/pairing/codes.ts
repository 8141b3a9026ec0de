import { utf8, type Crypto } from "../crypto/index.ts";
import { ended, fail, goOn, unchanged, type PairingStep } from "./ending.ts";
import type { PairingEffect } from "./events.ts";
import { parseConfirmed } from "./messages.ts";
import { MAX_WELCOME_BYTES, otherRole } from "./objects.ts";
import { confirmation, newEffects, peerFrom } from "./standing.ts";
import type { Codes } from "./state.ts";
import { confirmTag, halvesFor } from "./transcript.ts";

/**
 * Our person typed the four digits they heard. Anything but four digits is asked for again and
 * counts for nothing, and so do the four that are ours to read out: they tell nothing about the
 * others. A wrong four counts, and the third burns the pairing on both sides.
 */
export function onTyped(crypto: Crypto, state: Codes, typed: string): PairingStep {
  if (state.heard) return unchanged(state);
  const digits = typed.slice(0, 64).replace(/[\s\p{Pd}.]/gu, "");
  const { say, hear } = halvesFor(state.role, state.code);
  if (!/^[0-9]{4}$/.test(digits)) return { state, effects: [{ type: "code", say }] };
  if (crypto.equal(utf8(digits), utf8(hear))) return settle(crypto, state, { ...state, heard: true });
  if (crypto.equal(utf8(digits), utf8(say))) return { state, effects: [{ type: "code", say }] };
  const attemptsLeft = state.attemptsLeft - 1;
  if (attemptsLeft <= 0) return fail(crypto, state, "code_wrong");
  return goOn(crypto, state, { ...state, attemptsLeft }, { type: "wrongCode", attemptsLeft });
}

/** The group is made: its welcome goes with our confirmation. Only the first counts. */
export function onWelcome(crypto: Crypto, state: Codes, bytes: Uint8Array): PairingStep {
  if (state.role !== "inviter" || !state.heard || state.welcome !== null) return unchanged(state);
  if (bytes.length === 0 || bytes.length > MAX_WELCOME_BYTES) throw new RangeError("not a welcome of two members");
  return settle(crypto, state, { ...state, welcome: bytes });
}

/** The other side's person typed the right digits too. */
export function onConfirmed(crypto: Crypto, state: Codes, bytes: Uint8Array): PairingStep {
  if (state.confirmed !== null) return unchanged(state);
  const message = parseConfirmed(bytes);
  const peer = otherRole(state.role);
  if (message === undefined || message.welcome.length > 0 !== (peer === "inviter"))
    return fail(crypto, state, "pairing_invalid");
  const tag = confirmTag(crypto, state, peer, message.welcome);
  if (!crypto.equal(message.tag, tag)) return fail(crypto, state, "pairing_invalid");
  return settle(crypto, state, { ...state, confirmed: message.welcome });
}

/**
 * The responder is in the group: now, and not before, they confirm, so an inviter who reads it
 * knows that nothing is missing.
 */
export function onJoined(crypto: Crypto, state: Codes): PairingStep {
  if (state.role !== "responder" || !state.heard || state.confirmed === null) return unchanged(state);
  return pair(crypto, state, state, confirmation(crypto, state));
}

/**
 * An inviter is paired once all is here: the right digits, their welcome, the responder's
 * confirmation. A responder joins first.
 */
function settle(crypto: Crypto, state: Codes, next: Codes): PairingStep {
  const { role, heard, welcome, confirmed } = next;
  if (role === "responder" || !heard || welcome === null || confirmed === null) return goOn(crypto, state, next);
  return pair(crypto, state, next, ...(state.welcome === null ? [confirmation(crypto, next)] : []));
}

function pair(crypto: Crypto, state: Codes, next: Codes, ...confirming: readonly PairingEffect[]): PairingStep {
  const over = newEffects(crypto, state, ended("paired"));
  const paired: PairingEffect = { type: "paired", peer: peerFrom(crypto, next) };
  return { state: ended("paired"), effects: [...over, ...confirming, paired] };
}
