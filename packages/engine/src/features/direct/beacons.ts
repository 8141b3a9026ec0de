import {
  BEACONS_A_DAY,
  BEACONS_AHEAD,
  MAX_BEACON_REQUEST_BYTES,
  beaconSeeds,
  parseBeaconRequest,
  type Beacon,
} from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ObjectAnswer } from "../../delivery/port.ts";
import { deleteOldWatches, listWatchNames, type Watch } from "../../delivery/feed/watches.table.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { tagOf, type Pairwise } from "../../people/pairwise.ts";
import type { Profiles } from "../../people/profile.ts";
import { AHEAD_DAYS, createFeedDays, DAY_MS, OLDEST_DAYS, today } from "./feed-days.ts";
import { listOwnBeacons, nextAfter, type LitBeacon } from "./open-beacon.ts";

/** Own beacons expected of a day: a store that loses its data loses those that were lit before. */
const OWN_AHEAD = 4;
/** The first word of the owner of own beacons. */
const OWN = "own-beacon";
/** The first words of the owners of all beacons. */
const WORDS = ["beacon", OWN];

/** Of the days before it this device lights no more. */
const lastDayOf = (own: readonly LitBeacon[]): number => Math.max(0, ...own.map(({ day }) => day));

/** A beacon, and which secret of the two it is derived from. */
export interface PlacedBeacon extends Beacon {
  readonly tag: string;
}

export const nameOf = ({ day, from, index, tag }: PlacedBeacon): string => `${day} ${from} ${index} ${tag}`;

export function beaconFromName(name: string): PlacedBeacon | undefined {
  const [day, from, index, tag] = name.split(" ");
  const known = from === "inviter" || from === "responder";
  return known && tag !== undefined ? { day: Number(day), from, index: Number(index), tag } : undefined;
}

/** The secret of the two that has this tag. */
export function secretOf(crypto: Crypto, { pairwise, former }: Contact, tag: string): Pairwise | undefined {
  return [pairwise, former].find((one) => one !== undefined && tagOf(crypto, one) === tag);
}

/**
 * The beacons of every contact, from the day this device last read a feed: of each day the next
 * few. Some of its own too: one that it does not know was lit before its disk was put back.
 */
export interface BeaconWatches {
  expect(tx: Tx, contact: Contact): Promise<void>;
  ignore(contact: Contact): void;
  /** The beacons of the two are others from now on: nothing of those that were is left. */
  forget(tx: Tx, contact: Contact): Promise<void>;
  /** A new day: others are expected, and what was answered long ago is forgotten. */
  tick(tx: Tx): Promise<void>;
}

export function createBeaconWatches(
  context: Context,
  deps: {
    contacts: Contacts;
    watches: Watches;
    profiles: Profiles;
    take(contact: string, name: string, answer: ObjectAnswer): Promise<void>;
    /** This device has lit a beacon for this contact, and does not know it. */
    forgotten(tx: Tx, contact: Contact): Promise<void>;
  },
): BeaconWatches {
  const { clock, crypto } = context;
  const { contacts, watches } = deps;
  const days = createFeedDays(context);
  let expectedOn = today(clock);

  context.onReload(expectEveryone);

  watches.onObject("beacon", {
    take: (owner, name, answer) => deps.take(owner.slice("beacon ".length), name, answer),
    resolve: async (tx, owner, name) => {
      const contact = await contacts.find(tx, owner.slice("beacon ".length));
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined) return undefined;
      await expectAfter(tx, contact, beacon);
      return knownWatchOf(`beacon ${contact.id}`, contact, beacon);
    },
  });

  watches.onObject(OWN, {
    take: (owner, name, answer) => takeOwn(owner.slice(OWN.length + 1), name, answer),
    resolve: async (tx, owner, name) => {
      const contact = await contacts.find(tx, owner.slice(OWN.length + 1));
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined || (await isKnown(tx, contact, beacon))) return undefined;
      return knownWatchOf(`${OWN} ${contact.id}`, contact, beacon);
    },
  });

  async function expectEveryone(tx: Tx): Promise<void> {
    expectedOn = today(clock);
    for (const contact of await contacts.all(tx)) await expect(tx, contact);
  }

  async function expect(tx: Tx, contact: Contact): Promise<void> {
    await expectAfter(tx, contact, undefined);
    await expectOwn(tx, contact);
  }

  async function expectOwn(tx: Tx, contact: Contact): Promise<void> {
    const expected: Watch[] = [];
    // Another own device may not know yet that the two have another secret.
    for (const secret of [contact.pairwise, contact.former]) {
      if (secret === undefined) continue;
      const tag = tagOf(crypto, secret);
      const own = await listOwnBeacons(tx, contact.conversation, tag);
      for (let day = Math.max(days.first(), lastDayOf(own)); day <= today(clock); day++) {
        const next = nextAfter(own, day);
        for (let index = next; index < Math.min(next + OWN_AHEAD, BEACONS_A_DAY); index++)
          expected.push(watchOf(`${OWN} ${contact.id}`, contact, secret, { day, from: contact.role, index, tag }));
      }
    }
    watches.expectAll(`${OWN} ${contact.id}`, expected);
  }

  async function isKnown(tx: Tx, { conversation }: Contact, { day, index, tag }: PlacedBeacon): Promise<boolean> {
    const own = await listOwnBeacons(tx, conversation, tag);
    return day < lastDayOf(own) || index < nextAfter(own, day);
  }

  /** The contact knows the label too and can write there: only our own signature counts. */
  async function takeOwn(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    if (answer.type !== "object") return;
    await context.transact(async (tx) => {
      const contact = await contacts.find(tx, id);
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined) return;
      const pairwise = secretOf(crypto, contact, beacon.tag);
      if (pairwise === undefined) return;
      const { edKey } = (await deps.profiles.get(tx)).card;
      const request = parseBeaconRequest(crypto, answer.bytes, { pairwise: pairwise.secret, beacon, edKey });
      if (request.ok) await deps.forgotten(tx, contact);
    });
  }

  /** `shown`: this one is in the feed now, and has no row yet. */
  async function expectAfter(tx: Tx, contact: Contact, shown: PlacedBeacon | undefined): Promise<void> {
    const seen = [...(await seenOf(tx, contact)), ...(shown === undefined ? [] : [shown])];
    const secrets = [contact.pairwise, contact.former].filter((one) => one !== undefined);
    const expected = secrets.flatMap((secret) => nextOf(contact, secret, seen));
    watches.expectAll(`beacon ${contact.id}`, expected);
  }

  /** The next few of each day by one secret. */
  function nextOf(contact: Contact, secret: Pairwise, seen: readonly PlacedBeacon[]): Watch[] {
    const tag = tagOf(crypto, secret);
    const from = contact.role === "inviter" ? "responder" : "inviter";
    const expected: Watch[] = [];
    for (let day = days.first(); day <= days.last(); day++) {
      const next = nextAfter(
        seen.filter((one) => one.from === from && one.tag === tag),
        day,
      );
      for (let index = next; index < Math.min(next + BEACONS_AHEAD, BEACONS_A_DAY); index++)
        expected.push(watchOf(`beacon ${contact.id}`, contact, secret, { day, from, index, tag }));
    }
    return expected;
  }

  async function seenOf(tx: Tx, contact: Contact): Promise<PlacedBeacon[]> {
    const names = await listWatchNames(tx, `beacon ${contact.id}`);
    return names.flatMap((name) => beaconFromName(name) ?? []);
  }

  /** Undefined: the two have another secret by now. */
  function knownWatchOf(owner: string, contact: Contact, beacon: PlacedBeacon): Watch | undefined {
    const secret = secretOf(crypto, contact, beacon.tag);
    return secret && watchOf(owner, contact, secret, beacon);
  }

  function watchOf(owner: string, { store }: Contact, { secret }: Pairwise, beacon: PlacedBeacon): Watch {
    const seed = beaconSeeds(crypto, secret, beacon).request;
    return { owner, name: nameOf(beacon), store, seed, maxBytes: MAX_BEACON_REQUEST_BYTES };
  }

  async function tick(tx: Tx): Promise<void> {
    const old = { now: clock.now(), olderThan: (OLDEST_DAYS + AHEAD_DAYS) * DAY_MS };
    for (const word of WORDS) await deleteOldWatches(tx, word, old);
    if (today(clock) !== expectedOn) await expectEveryone(tx);
  }

  async function forget(tx: Tx, { id }: Contact): Promise<void> {
    for (const word of WORDS) await watches.remove(tx, `${word} ${id}`);
  }

  return {
    expect,
    forget,
    ignore: ({ id }) => {
      for (const word of WORDS) context.expectations.drop(`object ${word} ${id}`);
    },
    tick,
  };
}
