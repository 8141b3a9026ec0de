/**
 * Other own devices that ask to be let in again are looked for and answered: those of the list, and
 * nobody else (docs/protocol.md, section 7.5).
 */
import {
  answerReturn,
  MAX_RETURN_REQUEST_BYTES,
  parseReturnRequest,
  RETURNS_A_DAY,
  RETURNS_AHEAD,
  returnSeeds,
  type ListedDevice,
  type ReturnPlace,
} from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import { deleteOldWatches, listWatchNames, type Watch } from "../../delivery/feed/watches.table.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { AHEAD_DAYS, createFeedDays, DAY_MS, OLDEST_DAYS, today } from "../direct/feed-days.ts";
import { nextAfter } from "../direct/open-beacon.ts";
import type { Linking } from "./linking.ts";
import type { Made, ReturnAnswers } from "./return-answers.ts";
import type { Returning } from "./returning.ts";

/** The first word of the owners of requests, and the stream in which answers leave. */
const RETURN = "device-return";

/** A request's place, and the tag of the secret from which it follows. */
interface Asked extends Pick<ReturnPlace, "day" | "index"> {
  readonly tag: string;
}

export interface LettingBack {
  /** Looks for requests of the devices that are listed now. */
  expect(tx: Tx): Promise<void>;
  tick(tx: Tx): Promise<void>;
}

export function createLettingBack(
  context: Context,
  deps: {
    answers: ReturnAnswers;
    linking: Pick<Linking, "returnFailed">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    returning: Pick<Returning, "ask">;
    watches: Watches;
  },
): LettingBack {
  const { clock, crypto } = context;
  const { answers, linking, ownDevices, profiles, queue, returning, watches } = deps;
  const days = createFeedDays(context);
  let expectedOn = today(clock);

  context.onReload(expect);
  // Another has answered it and this device did not see the other come in: it may be the one that
  // has lost the thread.
  queue.serve(RETURN, { created: async (tx) => tx.after(queue.kick), taken: (tx) => returning.ask(tx) });
  linking.returnFailed.on((tx) => returning.ask(tx));
  watches.onObject(RETURN, {
    take: async (owner, name, answer) => {
      await context.transact((tx) => take(tx, deviceIn(owner), name, answer));
    },
    resolve: async (tx, owner, name) => {
      const [listed, asked] = [await answers.find(tx, deviceIn(owner)), askedFrom(name)];
      if (listed === undefined || asked === undefined) return undefined;
      await expectOf(tx, listed, asked);
      return (await watchesOf(tx, listed, [asked]))[0];
    },
  });

  const deviceIn = (owner: string): string => owner.slice(RETURN.length + 1);

  async function expect(tx: Tx): Promise<void> {
    expectedOn = today(clock);
    if ((await profiles.find(tx)) === undefined) return;
    for (const device of await ownDevices.others(tx)) {
      const listed = await answers.find(tx, device);
      if (listed !== undefined) await expectOf(tx, listed);
    }
  }

  /** `shown`: this one is in the feed now, and has no row yet. */
  async function expectOf(tx: Tx, listed: ListedDevice, shown?: Asked): Promise<void> {
    const owner = ownerOf(listed);
    const names = await listWatchNames(tx, owner);
    const seen = [...names.flatMap((name) => askedFrom(name) ?? []), ...(shown === undefined ? [] : [shown])];
    const wanted: Asked[] = [];
    for (const tag of (await tagged(tx)).keys())
      for (let day = days.first(); day <= days.last(); day++) {
        const next = nextAfter(
          seen.filter((one) => one.tag === tag),
          day,
        );
        for (let index = next; index < Math.min(next + RETURNS_AHEAD, RETURNS_A_DAY); index++)
          wanted.push({ day, index, tag });
      }
    watches.expectAll(owner, await watchesOf(tx, listed, wanted));
  }

  /** The secrets of all generations that this device has had, by names that tell nothing. */
  async function tagged(tx: Tx): Promise<ReadonlyMap<string, Uint8Array>> {
    const secrets = await profiles.returnSecrets(tx);
    return new Map(secrets.map((secret) => [toHex(crypto.sha256(secret)).slice(0, TAG_CHARS), secret]));
  }

  async function watchesOf(tx: Tx, listed: ListedDevice, all: readonly Asked[]): Promise<Watch[]> {
    const self = await findSelfConversation(tx);
    const secrets = await tagged(tx);
    return all.flatMap((asked) => {
      const secret = secrets.get(asked.tag);
      if (self === undefined || secret === undefined) return [];
      const seed = returnSeeds(crypto, secret, placeOf(listed, asked)).request;
      const place = { store: self.store, seed, maxBytes: MAX_RETURN_REQUEST_BYTES };
      return [{ owner: ownerOf(listed), name: nameOf(asked), ...place }];
    });
  }

  async function take(tx: Tx, device: string, name: string, answer: ObjectAnswer): Promise<void> {
    await watches.done(tx, `${RETURN} ${device}`, name);
    const [listed, asked] = [await answers.find(tx, device), askedFrom(name)];
    if (answer.type !== "object" || listed === undefined || asked === undefined) return;
    const { card } = await profiles.get(tx);
    const place = placeOf(listed, asked);
    const signed = { place, profile: card.id, deviceKey: listed.key };
    const kemKey = parseReturnRequest(crypto, answer.bytes, signed);
    const self = await findSelfConversation(tx);
    if (kemKey === undefined || self === undefined) return;
    const made = (later: Tx): Promise<Made | undefined> => answerTo(later, place, { kemKey, tag: asked.tag });
    await answers.inTurn(tx, { device, stream: `${RETURN} ${device}`, store: self.store, answer: made });
  }

  async function answerTo(
    tx: Tx,
    place: ReturnPlace,
    { kemKey, tag }: { readonly kemKey: Uint8Array; readonly tag: string },
  ): Promise<Made | undefined> {
    const secret = (await tagged(tx)).get(tag);
    const { card } = await profiles.get(tx);
    const made = answerReturn(crypto, { place, profile: card.id, kemKey });
    return made && secret && { ...made, seed: returnSeeds(crypto, secret, place).answer };
  }

  async function tick(tx: Tx): Promise<void> {
    await deleteOldWatches(tx, RETURN, { now: clock.now(), olderThan: (OLDEST_DAYS + AHEAD_DAYS) * DAY_MS });
    if (today(clock) !== expectedOn) await expect(tx);
  }

  return { expect, tick };
}

const TAG_CHARS = 16;
const ownerOf = ({ id }: ListedDevice): string => `${RETURN} ${toHex(id)}`;
const nameOf = ({ day, index, tag }: Asked): string => `${day} ${index} ${tag}`;
const placeOf = ({ id }: ListedDevice, { day, index }: Asked): ReturnPlace => ({ device: id, day, index });

function askedFrom(name: string): Asked | undefined {
  const [day, index, tag] = name.split(" ");
  return tag === undefined ? undefined : { day: Number(day), index: Number(index), tag };
}
