import {
  BEACONS_A_DAY,
  BEACONS_AHEAD,
  MAX_BEACON_REQUEST_BYTES,
  beaconSeeds,
  type Beacon,
} from "@pli/protocol/conversation";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ObjectAnswer } from "../../delivery/port.ts";
import { firstSeenDay } from "../../delivery/feed/positions.table.ts";
import { deleteOldWatches, listWatchNames, type Watch } from "../../delivery/feed/watches.table.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Clock } from "../../runtime/ports.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";

export const DAY_MS = 86_400_000;
/** How far back a beacon can be found: no store keeps it longer unless told so. */
const OLDEST_DAYS = 31;
/** Beacons expected beyond today: the other side's clock, and a line that lasts over midnight. */
const AHEAD_DAYS = 2;

/** Days since 1970. */
export const today = (clock: Clock): number => Math.floor(clock.now() / DAY_MS);

export const nameOf = ({ day, from, index }: Beacon): string => `${day} ${from} ${index}`;

export function beaconFromName(name: string): Beacon | undefined {
  const [day, from, index] = name.split(" ");
  const known = from === "inviter" || from === "responder";
  return known ? { day: Number(day), from, index: Number(index) } : undefined;
}

/**
 * The beacons of every contact, from the day this device last read a feed: of each day the next
 * few.
 */
export interface BeaconWatches {
  expect(tx: Tx, contact: Contact): Promise<void>;
  ignore(contact: Contact): void;
  /** A new day: others are expected, and what was answered long ago is forgotten. */
  tick(tx: Tx): Promise<void>;
}

export function createBeaconWatches(
  context: Context,
  deps: {
    contacts: Contacts;
    watches: Watches;
    take(contact: string, name: string, answer: ObjectAnswer): Promise<void>;
  },
): BeaconWatches {
  const { clock, crypto } = context;
  const { contacts, watches } = deps;
  let since = today(clock);
  let expectedOn = today(clock);

  context.onReload(async (tx) => {
    const seen = (await firstSeenDay(tx)) ?? today(clock);
    // A day that is still to come was saved by a wrong clock: when the feed was read last is not
    // known.
    since = seen > today(clock) ? 0 : seen;
    await expectEveryone(tx);
  });

  watches.onObject("beacon", {
    take: (owner, name, answer) => deps.take(owner.slice("beacon ".length), name, answer),
    resolve: async (tx, owner, name) => {
      const contact = await contacts.find(tx, owner.slice("beacon ".length));
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined) return undefined;
      await expectAfter(tx, contact, beacon);
      return watchOf(contact, beacon);
    },
  });

  async function expectEveryone(tx: Tx): Promise<void> {
    expectedOn = today(clock);
    for (const contact of await contacts.all(tx)) await expect(tx, contact);
  }

  const expect = (tx: Tx, contact: Contact): Promise<void> => expectAfter(tx, contact, undefined);

  /** `shown`: this one is in the feed now, and has no row yet. */
  async function expectAfter(tx: Tx, contact: Contact, shown: Beacon | undefined): Promise<void> {
    const from = contact.role === "inviter" ? "responder" : "inviter";
    const seen = [...(await seenOf(tx, contact)), ...(shown === undefined ? [] : [shown])];
    const expected: Watch[] = [];
    for (let day = firstDay(); day <= today(clock) + AHEAD_DAYS; day++) {
      const next =
        1 + Math.max(-1, ...seen.filter((one) => one.day === day && one.from === from).map(({ index }) => index));
      for (let index = next; index < Math.min(next + BEACONS_AHEAD, BEACONS_A_DAY); index++)
        expected.push(watchOf(contact, { day, from, index }));
    }
    watches.expectAll(`beacon ${contact.id}`, expected);
  }

  const firstDay = (): number => Math.max(Math.min(since, today(clock)) - 1, today(clock) - OLDEST_DAYS, 0);

  async function seenOf(tx: Tx, contact: Contact): Promise<Beacon[]> {
    const names = await listWatchNames(tx, `beacon ${contact.id}`);
    return names.flatMap((name) => beaconFromName(name) ?? []);
  }

  function watchOf({ id, store, pairwise }: Contact, beacon: Beacon): Watch {
    const seed = beaconSeeds(crypto, pairwise, beacon).request;
    return { owner: `beacon ${id}`, name: nameOf(beacon), store, seed, maxBytes: MAX_BEACON_REQUEST_BYTES };
  }

  async function tick(tx: Tx): Promise<void> {
    await deleteOldWatches(tx, "beacon", { now: clock.now(), olderThan: (OLDEST_DAYS + AHEAD_DAYS) * DAY_MS });
    if (today(clock) !== expectedOn) await expectEveryone(tx);
  }

  return {
    expect,
    ignore: ({ id }) => context.expectations.drop(`object beacon ${id}`),
    tick,
  };
}
