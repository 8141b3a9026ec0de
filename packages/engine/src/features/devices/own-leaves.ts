import { text, utf8 } from "@pli/protocol/crypto";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Settled } from "../../epochs/commit-events.ts";
import type { Commits } from "../../epochs/commits.ts";
import { findConversation, listConversationsIn, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { firstContent } from "../../epochs/pending-contents.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { WantedLeaves } from "../group/plan.ts";
import { createOwnStanding } from "./own-standing.ts";
import { createOwnWays } from "./own-ways.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { OwnTalk } from "./own-talk.ts";

/** A device hears that it was removed before it is out: what is to be said leaves first. */
const SAID_FIRST_MS = 100;
const MAX_ADDED_AT_ONCE = 8;
const NOTHING: WantedLeaves = { add: new Map(), remove: [], credential: undefined };

/** What stands in a commit's body here: the own devices that it brings in. */
interface Purpose {
  readonly ownDevices: readonly string[];
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
  /** Nothing differs in the conversation of the own devices: it is what the list says. */
  readonly settledIn: TxEvent<HeldEpoch>;
  /** This device's leaf there is by keys of an earlier generation than it has by now. */
  isEarlier(tx: Tx, conversation: string): Promise<boolean>;
  /** What a commit of this device would change there. */
  wanted(tx: Tx, held: HeldEpoch): Promise<WantedLeaves>;
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
  /** The same in a group, where a commit takes its turn with other changes. */
  putAgain(tx: Tx, held: HeldEpoch, device: string): Promise<void>;
}

export function createOwnLeaves(
  context: Context,
  deps: {
    commits: Commits;
    deviceKeys: DeviceKeys;
    epochRoles: EpochRoles;
    epochs: Epochs;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    talk: OwnTalk;
    /**
     * Devices whose leaf in the own conversation goes and comes again: they have lost the thread.
     */
    comingBack(tx: Tx): Promise<ReadonlySet<string>>;
  },
): OwnLeaves {
  const { commits, deviceKeys, epochs, ownDevices } = deps;
  const groupDiffers: OwnLeaves["groupDiffers"] = createTxEvent();
  const entered: OwnLeaves["entered"] = createTxEvent();
  const settledIn: OwnLeaves["settledIn"] = createTxEvent();
  const waiting = new Set<string>();
  const standing = createOwnStanding(context, deps);
  const ways = createOwnWays(context, deps);

  async function wanted(tx: Tx, held: HeldEpoch): ReturnType<OwnLeaves["wanted"]> {
    const profile = await deps.profiles.get(tx);
    const here = await standing.leavesIn(tx, held);
    const now = profile.identity.generation;
    // Another device has keys of a later generation: this one waits until it is given them.
    if ([...here.values()].some(({ generation }) => generation > now)) return NOTHING;
    const leaves = [...here].filter(([leaf]) => leaf !== held.epoch.ownLeaf);
    const lost = await standing.lostOf(tx, held, leaves);
    const remove = [...new Set([...(await standing.goingOf(tx, held, leaves, now)), ...lost.keys()])];
    const gone = new Set(lost.values());
    const isSelf = (await findConversation(tx, held.conversation))?.kind === "self";
    const back = isSelf ? await deps.comingBack(tx) : new Set<string>();
    const others = await standing.mayCome(tx, held.conversation);
    const present = new Map(leaves.flatMap(([leaf, { device }]) => (remove.includes(leaf) ? [] : [[device, leaf]])));
    const add = new Map<string, Uint8Array>();
    // Where its leaf is lost it comes one commit later, as a further device.
    const lacking = others.filter((one) => !gone.has(one) && (!present.has(one) || back.has(one)));
    for (const device of lacking.slice(0, MAX_ADDED_AT_ONCE)) {
      const keyPackage = await deviceKeys.next(tx, device, held.conversation);
      if (keyPackage === undefined) continue;
      add.set(device, keyPackage);
      const former = present.get(device);
      if (former !== undefined) remove.push(former);
    }
    return { add, remove, credential: standing.renewalOf(profile, held) };
  }

  async function look(tx: Tx, conversation?: string): Promise<void> {
    if ((await deps.profiles.find(tx)) === undefined) return;
    if (!(await standing.mayDiffer(tx))) return;
    const all = conversation === undefined ? await listConversationsIn(tx) : [await findConversation(tx, conversation)];
    // Their own conversation first: through it the others hear how they come into the rest. Then
    // those of two: a contact who sees later keys in a group first would begin with them again.
    const order = { self: 0, direct: 1, group: 2 };
    const here = all.flatMap((one) => one ?? []).toSorted((a, b) => order[a.kind] - order[b.kind]);
    for (const { id } of here) waiting.add(id);
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
    const { add, remove, credential } = await wanted(tx, held);
    if (add.size + remove.length === 0 && credential === undefined)
      return conversation.kind === "self" ? settledIn.emit(tx, held) : undefined;
    const isSaidFirst = conversation.kind === "self" && remove.length > 0 && credential === undefined;
    if (isSaidFirst && (await firstContent(tx, id)) !== undefined)
      return tx.after(() => context.later(SAID_FIRST_MS, (later) => look(later, id)));
    if (conversation.kind === "group") return groupDiffers.emit(tx, id);
    const body = utf8(JSON.stringify({ ownDevices: [...add.keys()] } satisfies Purpose));
    const renewed = credential && { credential };
    const made = await commits.propose(tx, held, { add: [...add.values()], remove, body, ...renewed });
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
    // Who is in the own conversation now may come into all others.
    await look(tx, conversation.kind === "self" ? undefined : id);
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
    if (conversation.kind === "self") await entered.emit(tx, { devices, held, welcome });
    else await ways.put(tx, conversation, held, welcome);
  }

  async function replace(tx: Tx, held: HeldEpoch, device: string): Promise<void> {
    const [leaf] = [...(await standing.leavesIn(tx, held))].find(([, one]) => one.device === device) ?? [];
    if (leaf === undefined) return look(tx, held.conversation);
    const body = utf8(JSON.stringify({ ownDevices: [] } satisfies Purpose));
    await commits.propose(tx, held, { remove: [leaf], body });
    tx.after(deps.queue.kick);
  }

  async function putAgain(tx: Tx, held: HeldEpoch, device: string): Promise<void> {
    await standing.lose(tx, held, device);
    await groupDiffers.emit(tx, held.conversation);
  }

  return {
    groupDiffers,
    entered,
    settledIn,
    isEarlier: standing.isEarlier,
    wanted,
    look,
    settled,
    served,
    stored: ways.stored,
    replace,
    putAgain,
  };
}
