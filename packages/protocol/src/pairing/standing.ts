import type { Crypto } from "../crypto/index.ts";
import type { PairingEffect, PeerInfo } from "./events.ts";
import { encodeConfirmed } from "./messages.ts";
import { confirmedBy, maxBytesOf, otherRole, refusedBy, seedOf, type PairingObject } from "./objects.ts";
import type { Codes, PairingState } from "./state.ts";
import { confirmTag, halvesFor, pairwiseFrom } from "./transcript.ts";

type Secrets = { readonly link?: Uint8Array; readonly channel?: Uint8Array };
const NOTHING = new Uint8Array(0);

/**
 * Everything a state asks for as long as it lasts. A step's effects are what is new in it; after a
 * restart all of it may be done again.
 */
export function standingEffects(crypto: Crypto, state: PairingState): PairingEffect[] {
  switch (state.phase) {
    case "waiting":
      return forSecrets(crypto, { link: state.secret }, { bundle: state.bundle }, ["hello"]);
    case "greeted":
      return [...forSecrets(crypto, state, {}, ["responderRefused"]), { type: "needSelf" }];
    case "answered":
      return forSecrets(crypto, state, { answer: state.answer }, ["reveal", "responderRefused"]);
    case "opened":
      return forSecrets(crypto, { link: state.secret }, {}, ["bundle", "revoked"]);
    case "invited":
      return [...forSecrets(crypto, { link: state.secret }, {}, ["revoked"]), { type: "needSelf" }];
    case "greeting":
      return forSecrets(crypto, { link: state.secret, channel: state.channel }, { hello: state.hello }, [
        "answer",
        "revoked",
        "inviterRefused",
      ]);
    case "codes":
      return standingInCodes(crypto, state);
    case "ended":
      return [];
  }
}

/** What `next` asks for and `state` did not, and an end to the watches it no longer needs. */
export function newEffects(crypto: Crypto, state: PairingState, next: PairingState): PairingEffect[] {
  const before = standingEffects(crypto, state);
  const after = standingEffects(crypto, next);
  const had = new Set(before.map(keyOf));
  const has = new Set(after.map(keyOf));
  const dropped = before.filter((effect) => effect.type === "watch" && !has.has(keyOf(effect)));
  return [...dropped.flatMap(unwatch), ...after.filter((effect) => !had.has(keyOf(effect)))];
}

/** The other person, as this side's transcript has them. */
export function peerFrom(crypto: Crypto, state: Codes): PeerInfo {
  const { card, certificate, keyPackage, role, channel, transcript } = state;
  const peer = { card, certificate, pairwise: pairwiseFrom(crypto, channel, transcript), role };
  return keyPackage === null ? peer : { ...peer, keyPackage };
}

/** A put of this pairing. */
export function putOf(crypto: Crypto, secrets: Secrets, name: PairingObject, bytes: Uint8Array): PairingEffect {
  return { type: "put", name, seed: seedOf(crypto, name, secrets), bytes };
}

/** The put of our own confirmation, with the welcome when we invited. */
export function confirmation(crypto: Crypto, state: Codes): PairingEffect {
  const { channel, role } = state;
  const welcome = state.welcome ?? NOTHING;
  const tag = confirmTag(crypto, state, role, welcome);
  return putOf(crypto, { channel }, confirmedBy(role), encodeConfirmed({ tag, welcome }));
}

function standingInCodes(crypto: Crypto, state: Codes): PairingEffect[] {
  const { role, reveal, heard, welcome, confirmed, channel } = state;
  const peer = otherRole(role);
  const watched = confirmed === null ? [confirmedBy(peer), refusedBy(peer)] : [refusedBy(peer)];
  const common = forSecrets(crypto, { channel }, reveal === null ? {} : { reveal }, watched);
  if (!heard) return [...common, { type: "code", say: halvesFor(role, state.code).say }];
  if (role === "responder") return confirmed === null ? common : [...common, joining(crypto, state, confirmed)];
  return welcome === null
    ? [...common, { type: "needWelcome", peer: peerFrom(crypto, state) }]
    : [...common, confirmation(crypto, state)];
}

const joining = (crypto: Crypto, state: Codes, welcome: Uint8Array): PairingEffect => {
  return { type: "join", welcome, peer: peerFrom(crypto, state) };
};

function forSecrets(
  crypto: Crypto,
  secrets: Secrets,
  puts: Partial<Record<PairingObject, Uint8Array>>,
  watched: readonly PairingObject[],
): PairingEffect[] {
  const putting = (Object.entries(puts) as [PairingObject, Uint8Array][]).map(([name, bytes]) =>
    putOf(crypto, secrets, name, bytes),
  );
  const watching = watched.map((name): PairingEffect => {
    return { type: "watch", name, seed: seedOf(crypto, name, secrets), maxBytes: maxBytesOf(name) };
  });
  return [...putting, ...watching];
}

function keyOf(effect: PairingEffect): string {
  return effect.type === "put" || effect.type === "watch" ? `${effect.type} ${effect.name}` : effect.type;
}

function unwatch(effect: PairingEffect): PairingEffect[] {
  return effect.type === "watch" ? [{ type: "unwatch", name: effect.name }] : [];
}
