import { toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import { createCard, createDeviceCertificate, createIdentity } from "@pli/protocol/identity";
import {
  encodePairing,
  inviterStart,
  pairingStep,
  parsePairing,
  responderStart,
  standingEffects,
  type PairingEffect,
  type PairingEvent,
  type PairingObject,
  type PairingState,
  type Purpose,
} from "@pli/protocol/pairing";

export const NOW = 1_790_000_000;
export const STORE = "http://127.0.0.1:7540";
export const WELCOME = utf8("a welcome");

export type Self = PairingEvent & { type: "self" };
/** Objects by the seed they are sealed with, each written once. */
export type Table = Map<string, Uint8Array>;
type Effect<T extends PairingEffect["type"]> = Extract<PairingEffect, { type: T }>;

/** One side: its state, what it has still to do, what it watches, and all that was done. */
export type Party = {
  readonly crypto: Crypto;
  readonly self: Self;
  state: PairingState;
  queue: PairingEffect[];
  readonly watches: Map<PairingObject, Effect<"watch">>;
  readonly done: PairingEffect[];
  readonly received: PairingEvent[];
  /** False: MLS refuses the welcome this side gets. */
  joins?: false;
  /** What a lying store makes of an object on its way to this side. */
  lens?: (name: PairingObject, bytes: Uint8Array) => Uint8Array;
};

export function createSelf(crypto: Crypto, name: string, time = { notBefore: NOW - 60, notAfter: NOW + 86_400 }): Self {
  const identity = createIdentity(crypto);
  const certificate = createDeviceCertificate(crypto, identity, {
    deviceKey: crypto.signKeyPair().publicKey,
    ...time,
  });
  const { bytes: card } = createCard(crypto, identity, name, NOW);
  return { type: "self", card, certificate: certificate.bytes, keyPackage: utf8(`key package of ${name}`) };
}

export type Inviter = Party & { readonly secret: Uint8Array };

export function createInviter(crypto: Crypto, self: Self, name: string, purpose: Purpose = "person"): Inviter {
  const { state, secret, effects } = inviterStart({
    crypto,
    purpose,
    now: NOW,
    expiresAt: NOW + 86_400,
    name,
    store: STORE,
    feed: 0,
  });
  return { ...partyFrom(crypto, self, state, effects), secret };
}

export function createResponder(
  crypto: Crypto,
  self: Self,
  secret: Uint8Array,
  now = NOW,
  purpose: Purpose = "person",
): Party {
  const { state, effects } = responderStart({ crypto, purpose, now, secret, store: STORE, feed: 0 });
  return partyFrom(crypto, self, state, effects);
}

function partyFrom(crypto: Crypto, self: Self, state: PairingState, effects: readonly PairingEffect[]): Party {
  return { crypto, self, state, queue: [...effects], watches: new Map(), done: [], received: [] };
}

/** Gives an event to a party whose state was saved and read back, as after a crash. */
export function tell(party: Party, event: PairingEvent): readonly PairingEffect[] {
  const saved = parsePairing(encodePairing(party.state));
  if (!saved.ok) throw new Error(saved.error);
  const step = pairingStep(party.crypto, saved.value, event);
  party.state = step.state;
  party.queue.push(...step.effects);
  party.received.push(event);
  return step.effects;
}

/** Does one effect as an engine would. */
export function perform(party: Party, table: Table, effect: PairingEffect): void {
  party.done.push(effect);
  if (effect.type === "watch") party.watches.set(effect.name, effect);
  if (effect.type === "unwatch") party.watches.delete(effect.name);
  if (effect.type === "needSelf") tell(party, party.self);
  if (effect.type === "needWelcome") tell(party, { type: "welcome", bytes: WELCOME });
  if (effect.type === "join") tell(party, party.joins === false ? { type: "peerInvalid" } : { type: "joined" });
  if (effect.type === "put") putInto(party, table, effect);
}

function putInto(party: Party, table: Table, { name, seed, bytes }: Effect<"put">): void {
  const key = toHex(seed);
  const held = table.get(key);
  if (held === undefined) table.set(key, bytes);
  else if (toHex(held) !== toHex(bytes)) tell(party, { type: "taken", name });
}

/** Watched objects that are in the table. */
export function arrivals(party: Party, table: Table): { name: PairingObject; bytes: Uint8Array }[] {
  return [...party.watches.values()].flatMap(({ name, seed }) => {
    const bytes = table.get(toHex(seed));
    return bytes === undefined ? [] : [{ name, bytes: party.lens?.(name, bytes) ?? bytes }];
  });
}

/** Continues until nothing is left to do but to type. */
export function run(table: Table, ...parties: readonly Party[]): void {
  for (let rest = 1000; rest > 0; rest -= 1) {
    const party = parties.find(({ queue }) => queue.length > 0);
    const effect = party?.queue.shift();
    if (party !== undefined && effect !== undefined) perform(party, table, effect);
    else if (!parties.some((each) => deliver(each, table))) return;
  }
  throw new Error("the parties never rest");
}

function deliver(party: Party, table: Table): boolean {
  const [arrived] = arrivals(party, table);
  if (arrived === undefined) return false;
  party.watches.delete(arrived.name);
  tell(party, { type: "object", ...arrived });
  return true;
}

/** Everything of a state is asked for once more, as after a restart. */
export function restart(party: Party): void {
  party.queue.push(...standingEffects(party.crypto, party.state));
}

export const effectsOf = <T extends PairingEffect["type"]>(party: Party, type: T): Effect<T>[] =>
  party.done.filter((effect): effect is Effect<T> => effect.type === type);
export const saidBy = (party: Party): string | undefined => effectsOf(party, "code").at(-1)?.say;
export const endOf = (party: Party): string | undefined =>
  party.state.phase === "ended" ? party.state.how : undefined;
export const failuresOf = (party: Party): string[] => effectsOf(party, "failed").map(({ code }) => code);

/** The put of this object, as bytes. */
export function putBy(party: Party, name: PairingObject): Uint8Array {
  const put = effectsOf(party, "put").find((effect) => effect.name === name);
  if (put === undefined) throw new Error(`no ${name} was put`);
  return put.bytes;
}
