import { profileOf, seatFrom } from "@pli/protocol/group";
import { encodeOwnLeaf } from "@pli/protocol/devices";
import { restFirst } from "@pli/protocol/conversation";
import { fromHex, text, toHex, utf8 } from "@pli/protocol/crypto";
import { padObject, sealObject } from "@pli/protocol/object";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Settled } from "../../epochs/commit-events.ts";
import type { Commits } from "../../epochs/commits.ts";
import {
  findConversation,
  findSelfConversation,
  listConversationsIn,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { firstContent } from "../../epochs/pending-contents.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { OwnTalk } from "./own-talk.ts";

/** The streams of the send queue in which the ways into conversations of two leave. */
export const OWN_LEAVES = "own-leaves";
const SEED_BYTES = 32;
/** A device hears that it was removed before it is out: what is to be said leaves first. */
const SAID_FIRST_MS = 100;
const MAX_ADDED_AT_ONCE = 8;

/** What stands in a commit's body here: the own devices that it brings in. */
interface Purpose {
  readonly ownDevices: readonly string[];
}

interface Place {
  readonly conversation: string;
  readonly seed: string;
  readonly length: number;
}

/**
 * The leaves of this person: in every conversation one for each of their devices. What is wanted
 * follows from the list of devices and the group as it stands, so nothing of it has to be kept: it
 * is looked at again after every change, every hour and at the start, until it is so.
 */
export interface OwnLeaves {
  /** A group lacks own leaves, or has some too many. */
  readonly groupDiffers: TxEvent<string>;
  /** Our commit has brought these devices into the conversation of the own devices. */
  readonly entered: TxEvent<{
    readonly devices: readonly string[];
    readonly held: HeldEpoch;
    readonly welcome: Uint8Array;
  }>;
  /** What a commit of this device would add and remove there. */
  wanted(tx: Tx, held: HeldEpoch): Promise<{ add: ReadonlyMap<string, Uint8Array>; remove: readonly number[] }>;
  /** Looks at this conversation, or at all, one after the other. */
  look(tx: Tx, conversation?: string): Promise<void>;
  /** An epoch of a conversation has begun. */
  settled(tx: Tx, event: Settled): Promise<void>;
  /** A group's commit has brought these in: their key packages have served. */
  served(tx: Tx, conversation: string, devices: readonly string[]): Promise<void>;
  /** What a device needs to come into a conversation of two is stored: the others hear where. */
  stored(tx: Tx, item: Reported): Promise<void>;
  /** An own device has lost the thread there: its leaf goes, and it comes in again. */
  replace(tx: Tx, held: HeldEpoch, device: string): Promise<void>;
}

export function createOwnLeaves(
  context: Context,
  deps: {
    commits: Commits;
    deviceKeys: DeviceKeys;
    epochs: Epochs;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    talk: OwnTalk;
  },
): OwnLeaves {
  const { crypto, groups } = context;
  const { commits, deviceKeys, epochs, ownDevices } = deps;
  const groupDiffers: OwnLeaves["groupDiffers"] = createTxEvent();
  const entered: OwnLeaves["entered"] = createTxEvent();
  const waiting = new Set<string>();

  async function wanted(tx: Tx, held: HeldEpoch): ReturnType<OwnLeaves["wanted"]> {
    const others = await mayCome(tx, held.conversation);
    const removed = await ownDevices.removed(tx);
    const here = await ownLeavesIn(tx, held);
    const remove = [...here].flatMap(([leaf, device]) => (removed.has(device) ? [leaf] : []));
    const present = new Set(here.values());
    const add = new Map<string, Uint8Array>();
    for (const device of others.filter((one) => !present.has(one)).slice(0, MAX_ADDED_AT_ONCE)) {
      const keyPackage = await deviceKeys.next(tx, device, held.conversation);
      if (keyPackage !== undefined) add.set(device, keyPackage);
    }
    return { add, remove: remove.filter((leaf) => leaf !== held.epoch.ownLeaf) };
  }

  /** The other devices; into what is not their own conversation, those that are in that one. */
  async function mayCome(tx: Tx, id: string): Promise<readonly string[]> {
    const others = await ownDevices.others(tx);
    const self = others.length === 0 ? undefined : await findSelfConversation(tx);
    if (self === undefined || self.id === id) return others;
    const held = await epochs.current(tx, self.id);
    const here = new Set(held === undefined ? [] : (await ownLeavesIn(tx, held)).values());
    return others.filter((device) => here.has(device));
  }

  /** The devices of this person that are in it, by leaf. */
  async function ownLeavesIn(tx: Tx, held: HeldEpoch): Promise<ReadonlyMap<number, string>> {
    const self = (await deps.profiles.get(tx)).id;
    const own = groups.members(held.epoch.group).filter((member) => profileOf(member) === self);
    return new Map(own.map(({ leaf, credential }) => [leaf, seatFrom(credential)?.device ?? damaged("credential")]));
  }

  async function look(tx: Tx, conversation?: string): Promise<void> {
    if ((await deps.profiles.find(tx)) === undefined) return;
    const hasOthers = (await ownDevices.others(tx)).length > 0;
    if (!hasOthers && (await ownDevices.removed(tx)).size === 0) return;
    const all = conversation === undefined ? await listConversationsIn(tx) : [await findConversation(tx, conversation)];
    // Their own conversation first: through it the others hear how they come into the rest.
    for (const one of all.toSorted((a, b) => Number(b?.kind === "self") - Number(a?.kind === "self")))
      if (one !== undefined) waiting.add(one.id);
    tx.after(lookOn);
  }

  /** One conversation in a transaction: nothing else waits for long. */
  function lookOn(): void {
    const [id] = waiting;
    if (id === undefined) return;
    waiting.delete(id);
    context.later(0, async (tx) => {
      tx.after(lookOn);
      await lookAt(tx, id);
    });
  }

  async function lookAt(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    const isOut = (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
    if (conversation?.state !== "ready" || held === undefined || isOut) return;
    if (await commits.isPending(tx, held)) return;
    const { add, remove } = await wanted(tx, held);
    if (add.size + remove.length === 0) return;
    if (conversation.kind === "self" && remove.length > 0 && (await firstContent(tx, id)) !== undefined)
      return tx.after(() => context.later(SAID_FIRST_MS, (later) => look(later, id)));
    if (conversation.kind === "group") return groupDiffers.emit(tx, id);
    const body = utf8(JSON.stringify({ ownDevices: [...add.keys()] } satisfies Purpose));
    const made = await commits.propose(tx, held, { add: [...add.values()], remove, body });
    if (made.ok) tx.after(deps.queue.kick);
    else if (made.error !== "wrong_epoch") for (const device of add.keys()) await deviceKeys.done(tx, device, id);
  }

  async function settled(tx: Tx, { conversation: id, after, pendingBody, welcome }: Settled): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    if (conversation.kind === "group") return look(tx, id);
    const devices = pendingBody === undefined ? [] : devicesIn(pendingBody);
    await served(tx, id, devices);
    if (devices.length > 0 && welcome !== undefined) await bringIn(tx, conversation, after, { devices, welcome });
    await look(tx, id);
  }

  async function served(tx: Tx, id: string, devices: readonly string[]): Promise<void> {
    for (const device of devices) await deviceKeys.done(tx, device, id);
  }

  const devicesIn = (body: Uint8Array): readonly string[] =>
    (JSON.parse(text(body) ?? damaged("purpose")) as Partial<Purpose>).ownDevices ?? [];

  async function bringIn(
    tx: Tx,
    conversation: Conversation,
    held: HeldEpoch,
    { devices, welcome }: { devices: readonly string[]; welcome: Uint8Array },
  ): Promise<void> {
    if (conversation.kind === "self") return entered.emit(tx, { devices, held, welcome });
    const padded = padObject(welcome);
    const place = { seed: crypto.random(SEED_BYTES), length: padded.length };
    const told: Place = { conversation: conversation.id, seed: toHex(place.seed), length: place.length };
    await deps.queue.add(tx, {
      stream: `${OWN_LEAVES} ${conversation.id} ${held.number}`,
      store: held.store,
      reference: JSON.stringify(told),
      puts: restFirst(sealObject(crypto, place.seed, held.feed, padded)),
    });
  }

  async function stored(tx: Tx, { reference }: Reported): Promise<void> {
    const { conversation: id, seed, length } = JSON.parse(reference) as Place;
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    const { shared, store, feed } = conversation;
    const body = encodeOwnLeaf({ conversation: shared, store, feed, seed: fromHex(seed) ?? damaged("seed"), length });
    await deps.talk.say(tx, "own-leaf", body);
  }

  async function replace(tx: Tx, held: HeldEpoch, device: string): Promise<void> {
    const [leaf] = [...(await ownLeavesIn(tx, held))].find(([, one]) => one === device) ?? [];
    if (leaf === undefined) return look(tx, held.conversation);
    const body = utf8(JSON.stringify({ ownDevices: [] } satisfies Purpose));
    await commits.propose(tx, held, { remove: [leaf], body });
    tx.after(deps.queue.kick);
  }

  return { groupDiffers, entered, wanted, look, settled, served, stored, replace };
}
