/**
 * Other own devices that ask to be let in again are looked for and answered: those of the list, and
 * nobody else (docs/protocol.md, section 7.5).
 */
import { restFirst } from "@pli/protocol/conversation";
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
import { sealObject } from "@pli/protocol/object";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import { deleteOldWatches, listWatchNames, type Watch } from "../../delivery/feed/watches.table.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import { createPauses } from "../../runtime/pauses.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { AHEAD_DAYS, createFeedDays, DAY_MS, OLDEST_DAYS, today } from "../direct/feed-days.ts";
import { nextAfter } from "../direct/open-beacon.ts";
import type { Linking } from "./linking.ts";
import type { Returning } from "./returning.ts";

/** The first word of the owners of requests, and the stream in which answers leave. */
const RETURN = "device-return";
/** How long a device leaves the answer to an older one. */
const PATIENCE_MS = 600_000;
/** A device is answered so often in an hour. */
const ANSWERS_AN_HOUR = 8;
const HOUR_MS = 3_600_000;

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
    epochRoles: EpochRoles;
    epochs: Epochs;
    linking: Pick<Linking, "letBack" | "returnFailed">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    returning: Pick<Returning, "ask">;
    watches: Watches;
  },
): LettingBack {
  const { clock, crypto } = context;
  const { linking, ownDevices, profiles, queue, returning, watches } = deps;
  const days = createFeedDays(context);
  const mayAnswer = createPauses(clock, HOUR_MS, ANSWERS_AN_HOUR);
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
      const [listed, asked] = [await find(tx, deviceIn(owner)), askedFrom(name)];
      if (listed === undefined || asked === undefined) return undefined;
      await expectOf(tx, listed, asked);
      return (await watchesOf(tx, listed, [asked]))[0];
    },
  });

  const deviceIn = (owner: string): string => owner.slice(RETURN.length + 1);

  /** Another device of the list, as it is now. */
  async function find(tx: Tx, device: string): Promise<ListedDevice | undefined> {
    if (!(await ownDevices.others(tx)).includes(device)) return undefined;
    return (await ownDevices.list(tx)).devices.find(({ id }) => toHex(id) === device);
  }

  async function expect(tx: Tx): Promise<void> {
    expectedOn = today(clock);
    if ((await profiles.find(tx)) === undefined) return;
    for (const device of await ownDevices.others(tx)) {
      const listed = await find(tx, device);
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
    const [listed, asked] = [await find(tx, device), askedFrom(name)];
    if (answer.type !== "object" || listed === undefined || asked === undefined) return;
    const { card } = await profiles.get(tx);
    const place = placeOf(listed, asked);
    const signed = { place, profile: card.id, deviceKey: listed.key };
    const kemKey = parseReturnRequest(crypto, answer.bytes, signed);
    if (kemKey === undefined || !mayAnswer(device)) return;
    const oldest = (await ownDevices.list(tx)).devices.find(({ id }) => toHex(id) !== device) ?? listed;
    const isOurTurn = toHex(oldest.id) === (await ownDevices.self(tx));
    const before = await leafKeyOf(context, deps, tx, device);
    const inTime = (later: Tx): Promise<void> => answerIfOut(later, { device, before, asked, kemKey });
    if (isOurTurn && (await isIn(tx))) return inTime(tx);
    tx.after(() => context.later(PATIENCE_MS, inTime));
  }

  const isIn = async (tx: Tx): Promise<boolean> => (await findSelfConversation(tx))?.state === "ready";

  async function answerIfOut(
    tx: Tx,
    p: { readonly device: string; readonly before: string; readonly asked: Asked; readonly kemKey: Uint8Array },
  ): Promise<void> {
    const listed = await find(tx, p.device);
    const secret = (await tagged(tx)).get(p.asked.tag);
    const self = await findSelfConversation(tx);
    const isOut = (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
    if (listed === undefined || secret === undefined || self === undefined || isOut) return;
    if ((await leafKeyOf(context, deps, tx, p.device)) !== p.before || !(await mayLet(tx, p.device))) return;
    const place = placeOf(listed, p.asked);
    const { card } = await profiles.get(tx);
    const made = answerReturn(crypto, { place, profile: card.id, kemKey: p.kemKey });
    if (made === undefined) return;
    await linking.letBack(tx, { listed, secret: made.secret, store: self.store });
    const seed = returnSeeds(crypto, secret, place).answer;
    const puts = restFirst(sealObject(crypto, seed, FEED, made.bytes));
    await queue.add(tx, { stream: `${RETURN} ${p.device}`, store: self.store, reference: "answer", puts });
  }

  /** Of devices that have all lost the thread, the older one begins again with the younger ones. */
  async function mayLet(tx: Tx, device: string): Promise<boolean> {
    if (await isIn(tx)) return true;
    const order = (await ownDevices.list(tx)).devices.map(({ id }) => toHex(id));
    return order.indexOf(await ownDevices.self(tx)) < order.indexOf(device);
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

/**
 * Its leaf's key in the own conversation: another one shows that somebody has let it in.
 */
async function leafKeyOf(
  { groups }: Pick<Context, "groups">,
  { epochRoles, epochs }: { readonly epochRoles: EpochRoles; readonly epochs: Epochs },
  tx: Tx,
  device: string,
): Promise<string> {
  const self = await findSelfConversation(tx);
  const held = self && (await epochs.current(tx, self.id));
  if (held === undefined) return "";
  const leaf = [...epochRoles.seats(held)].find(([, seat]) => seat.device === device)?.[0];
  const member = groups.members(held.epoch.group).find((one) => one.leaf === leaf);
  return member === undefined ? "" : toHex(member.encryptionKey);
}
