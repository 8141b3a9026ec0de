/**
 * This device has lost the thread of the conversation of the own devices: it asks the others to let
 * it in again (docs/protocol.md, section 7.5).
 */
import { restFirst } from "@pli/protocol/conversation";
import {
  createReturnRequest,
  MAX_RETURN_ANSWER_BYTES,
  openReturnAnswer,
  returnSeeds,
  type ReturnPlace,
} from "@pli/protocol/devices";
import { fromHex, toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import type { DeviceView } from "../../api/views.ts";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import { withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation, setConversationState } from "../../epochs/conversations.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { today } from "../direct/feed-days.ts";
import type { Linking } from "./linking.ts";

/** The stream in which a request leaves, and the owner of the answer that is awaited. */
const RETURN = "return-request";
const OPEN = "return-open";
const LAST = "return-last";
/** When it was first asked, in ms: until this device is back. */
const SINCE = "return-since";
/** A device asks again when it has heard nothing for so long: the store still has the first one. */
const AGAIN_DAYS = 7;
/** A device that is put back to the same copy again and again writes so much, and no more. */
const A_DAY = 32;

/** A request that nobody has answered yet. Secret. */
interface Open {
  readonly day: number;
  readonly index: number;
  readonly kemSecret: string;
}

export interface Returning {
  /** Asks, unless it does already. */
  ask(tx: Tx): Promise<void>;
  /** Cells of the own conversation were missed, or this device is in a state of before. */
  lost(tx: Tx): Promise<void>;
  tick(tx: Tx): Promise<void>;
  /** How it stands with the way back; undefined: this device is where it belongs. */
  state(tx: Tx): Promise<DeviceView["returning"]>;
}

export function createReturning(
  context: Context,
  deps: {
    linking: Pick<Linking, "comeBack" | "isComingBack" | "returned">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    watches: Watches;
  },
): Returning {
  const { clock, crypto } = context;
  const { linking, ownDevices, profiles, queue, watches } = deps;

  queue.serve(RETURN, { created: async (tx) => tx.after(queue.kick), taken: askNext });
  watches.onObject(RETURN, {
    take: (_, name, answer) => context.transact((tx) => takeAnswer(tx, name, answer)),
  });
  linking.returned.on(async (tx) => {
    await close(tx);
    await deleteMeta(tx, SINCE);
  });

  async function ask(tx: Tx): Promise<void> {
    if ((await findMeta<Open>(tx, OPEN)) === undefined && !(await linking.isComingBack(tx))) await open(tx);
  }

  /** The last one is not open any more: its place is taken, or it was for another store. */
  async function askNext(tx: Tx): Promise<void> {
    if ((await findMeta<Open>(tx, OPEN)) === undefined) return;
    await close(tx);
    await open(tx);
  }

  async function open(tx: Tx): Promise<void> {
    const self = await findSelfConversation(tx);
    const isOut = (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
    if (self === undefined || isOut || (await ownDevices.others(tx)).length === 0) return;
    const profile = await profiles.get(tx);
    const day = today(clock);
    const last = await findMeta<Omit<Open, "kemSecret">>(tx, LAST);
    const index = last?.day === day ? last.index + 1 : 0;
    if (index >= A_DAY) return;
    const place = { device: profile.certificate.deviceId, day, index };
    const pair = crypto.kemKeyPair();
    const seeds = await seedsAt(tx, place);
    const bytes = createReturnRequest(crypto, {
      place,
      profile: profile.card.id,
      kemKey: pair.publicKey,
      signKey: profile.deviceKeys.secretKey,
    });
    await saveMeta(tx, LAST, { day, index });
    if ((await findMeta<number>(tx, SINCE)) === undefined) await saveMeta(tx, SINCE, clock.now());
    await saveMeta(tx, OPEN, { day, index, kemSecret: toHex(pair.secretKey) } satisfies Open);
    tx.changed("devices");
    const puts = restFirst(sealObject(crypto, seeds.request, FEED, bytes));
    await queue.add(tx, { stream: `${RETURN} `, store: self.store, reference: "request", puts });
    const answer = { store: self.store, seed: seeds.answer, maxBytes: MAX_RETURN_ANSWER_BYTES };
    await watches.add(tx, { owner: `${RETURN} `, name: nameOf(place), ...answer });
  }

  async function seedsAt(tx: Tx, place: ReturnPlace): Promise<ReturnType<typeof returnSeeds>> {
    const [secret] = await profiles.returnSecrets(tx);
    return returnSeeds(crypto, secret ?? damaged("return secret"), place);
  }

  async function close(tx: Tx): Promise<void> {
    await deleteMeta(tx, OPEN);
    tx.changed("devices");
    await watches.remove(tx, `${RETURN} `);
    await withdrawItems(tx, `${RETURN} `, () => true);
  }

  async function takeAnswer(tx: Tx, name: string, answer: ObjectAnswer): Promise<void> {
    const asked = await findMeta<Open>(tx, OPEN);
    const self = await findSelfConversation(tx);
    await watches.done(tx, `${RETURN} `, name);
    if (answer.type !== "object" || asked === undefined || self === undefined || nameOf(asked) !== name) return;
    const { card, certificate } = await profiles.get(tx);
    const secret = openReturnAnswer(crypto, answer.bytes, {
      place: { device: certificate.deviceId, day: asked.day, index: asked.index },
      profile: card.id,
      kemSecret: fromHex(asked.kemSecret) ?? damaged("return"),
    });
    await close(tx);
    if (secret === undefined) return open(tx);
    await linking.comeBack(tx, { secret, store: self.store });
  }

  async function lost(tx: Tx): Promise<void> {
    const self = await findSelfConversation(tx);
    if (self?.state !== "ready" || (await ownDevices.others(tx)).length === 0) return;
    await setConversationState(tx, self.id, "rejoining");
    await deleteMeta(tx, SINCE);
    await ask(tx);
  }

  /** A request that nobody answered is made again; one that came to nothing too. */
  async function tick(tx: Tx): Promise<void> {
    const self = await findSelfConversation(tx);
    if (self?.state !== "rejoining") return;
    const asked = await findMeta<Open>(tx, OPEN);
    if (asked === undefined) return ask(tx);
    if (Math.abs(today(clock) - asked.day) < AGAIN_DAYS) return;
    await close(tx);
    await open(tx);
  }

  async function state(tx: Tx): Promise<DeviceView["returning"]> {
    const self = await findSelfConversation(tx);
    const since = await findMeta<number>(tx, SINCE);
    if (self?.state !== "rejoining" || since === undefined || (await ownDevices.others(tx)).length === 0)
      return undefined;
    return { since, step: (await linking.isComingBack(tx)) ? "entering" : "asked" };
  }

  return { ask, lost, tick, state };
}

const nameOf = ({ day, index }: Pick<ReturnPlace, "day" | "index">): string => `${day} ${index}`;
