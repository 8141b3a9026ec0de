import type { Crypto } from "@pli/protocol/crypto";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import {
  findConversation,
  listConversationIds,
  setConversationState,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Commits } from "../../epochs/commits.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { savePairwise } from "../../people/contacts.table.ts";
import { tagOf, type Pairwise } from "../../people/pairwise.ts";
import type { Generations } from "../../people/generations.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Messages } from "../messages/messages.ts";
import type { Sending } from "../messages/sending.ts";
import { createAnswering } from "./answering.ts";
import { answeredTag } from "./beacon-stream.ts";
import { createAsking, type Why } from "./asking.ts";
import { createBeaconWatches } from "./beacons.ts";
import { today } from "./feed-days.ts";
import { createFreshGroups } from "./fresh-groups.ts";
import { findOpenBeacon, forgetBeacons } from "./open-beacon.ts";
import { createOwnAwaiting, OWN_PATIENCE_MS } from "./own-awaiting.ts";

/**
 * A device lights a beacon again after this number of days without an answer: the store still has
 * the first.
 */
const RELIGHT_DAYS = 7;
/**
 * When something is lost (docs/protocol.md, section 8): a device that cannot go on in a
 * conversation of two says so at a beacon label, with a fresh key package; the other side answers
 * with the welcome of a fresh group. Nobody presses anything. A device that sees a beacon answers
 * it. When both have lit one, both answer, and the group of the one with the lower profile id
 * stays: that one ignores the answer to its own beacon, the other one takes it.
 */
export interface Rejoining {
  /** The conversation with this contact has begun again. */
  readonly begun: TxEvent<Contact>;
  /**
   * Lights a beacon for this conversation, unless one is lit; if the store was replaced, the next
   * one there.
   */
  start(tx: Tx, conversation: string, why?: Why): Promise<void>;
  /** This device has older ones beside it: one of them may bring it back into the conversation. */
  readonly ownAsked: TxEvent<Conversation>;
  /** The two have another secret from now on. */
  readonly renewed: TxEvent<Contact>;
  /**
   * This device is new or restored: so long, in ms, it waits whether another own one brings it in.
   */
  hold(tx: Tx, conversation: string, patience: number): Promise<void>;
  /** Another own device brings this one in, unless it has done so already. */
  leaveToOwn(tx: Tx, conversation: string): Promise<void>;
  /** This device takes over a secret that another own device made with them. */
  adopt(tx: Tx, contact: Contact, made: Pairwise): Promise<void>;
  /** Another own device has brought this one to where the conversation continues. */
  continued(tx: Tx, contact: Contact): Promise<void>;
  /** The two begin otherwise: no beacon is lit or answered any more. */
  stop(tx: Tx, contact: Contact): Promise<void>;
  /** Nothing is said to this contact, who is blocked: no beacon is lit or answered. */
  pause(tx: Tx, contact: Contact): Promise<void>;
  /** They are not blocked any more: what was to be lit or answered meanwhile is. */
  resume(tx: Tx, contact: Contact): Promise<void>;
  /** They have paired again: the beacons of the two are others from now on. */
  forget(tx: Tx, contact: Contact): Promise<void>;
  /** Expects the beacons of a contact from now on. */
  expectOf(tx: Tx, contact: Contact): Promise<void>;
  /** Another has written at our beacon, or answered in our place. */
  taken(tx: Tx, item: Reported): Promise<void>;
  /** Once in a while: the days move on. */
  tick(tx: Tx): Promise<void>;
}

export function createRejoining(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    profiles: Profiles;
    generations: Generations;
    contacts: Contacts;
    ownDevices: OwnDevices;
    watches: Watches;
    sending: Sending;
    queue: SendQueue;
    commits: Commits;
  },
): Rejoining {
  const { clock } = context;
  const { epochs, contacts, ownDevices } = deps;
  const ownAsked: Rejoining["ownAsked"] = createTxEvent();
  const fresh = createFreshGroups(context, deps);
  const asking = createAsking(context, { ...deps, fresh });
  const answering = createAnswering(context, { ...deps, fresh, asking, ownPatienceMs: OWN_PATIENCE_MS });
  const awaiting = createOwnAwaiting(context, { asking, contacts });
  const beacons = createBeaconWatches(context, {
    ...deps,
    take: answering.take,
    forgotten: async (tx, { conversation }) =>
      (await hasOthers(tx)) ? awaiting.begin(tx, conversation) : start(tx, conversation),
  });

  fresh.renewed.on((tx, contact) => beacons.expect(tx, contact));
  deps.commits.events.starting.on(fresh.continued);

  async function start(tx: Tx, id: string, why: Why = "lost"): Promise<void> {
    const conversation = await findConversation(tx, id);
    const contact = await contacts.ofConversation(tx, id);
    if (conversation === undefined || contact === undefined) return;
    if (conversation.state !== "ready" && why !== "replaced") return;
    if (!(await ownDevices.isFirst(tx))) {
      await awaiting.begin(tx, id);
      return ownAsked.emit(tx, conversation);
    }
    await setConversationState(tx, id, "rejoining");
    if (!contact.blocked) await asking.open(tx, contact, why);
  }

  const hasOthers = async (tx: Tx): Promise<boolean> => (await ownDevices.others(tx)).length > 0;

  async function continued(tx: Tx, contact: Contact): Promise<void> {
    await asking.close(tx, contact.conversation);
    await answering.forget(tx, contact.id);
  }

  const pause = (tx: Tx, { conversation }: Contact): Promise<void> => asking.close(tx, conversation);

  async function resume(tx: Tx, contact: Contact): Promise<void> {
    const { conversation: id } = contact;
    const isLost = (await epochs.current(tx, id)) === undefined;
    if (isLost) await setConversationState(tx, id, "rejoining");
    if ((await findConversation(tx, id))?.state === "rejoining") await asking.open(tx, contact, "lost");
    await answering.answerWaiting(tx, contact.id);
  }

  async function stop(tx: Tx, contact: Contact): Promise<void> {
    await asking.close(tx, contact.conversation);
    await answering.forget(tx, contact.id);
    await setConversationState(tx, contact.conversation, "ready");
    beacons.ignore(contact);
  }

  async function forget(tx: Tx, contact: Contact): Promise<void> {
    await forgetBeacons(tx, contact.conversation);
    await beacons.forget(tx, contact);
  }

  async function taken(tx: Tx, { name: conversation, reference }: Reported): Promise<void> {
    const contact = await contacts.ofConversation(tx, conversation);
    const tag = answeredTag(reference);
    if (tag !== undefined) {
      // Our own earlier self has answered this one, another own device, or a thief: the other side
      // is in a group that this device does not know.
      const asked = contact && formerBy(context.crypto, contact, tag);
      if (contact !== undefined && asked !== undefined) await adopt(tx, contact, asked);
      return (await hasOthers(tx)) ? awaiting.begin(tx, conversation) : start(tx, conversation);
    }
    const openBeacon = await findOpenBeacon(tx, conversation);
    if (contact === undefined || contact.blocked || openBeacon === undefined) return;
    await asking.open(tx, contact, "lost");
  }

  /** No other own device has brought this one in: it is asked to, or there is none any more. */
  async function lookAtComing(tx: Tx): Promise<void> {
    for (const id of await listConversationIds(tx, "direct", "joining")) {
      const conversation = await findConversation(tx, id);
      const contact = await contacts.ofConversation(tx, id);
      if (conversation === undefined || contact === undefined || contact.blocked) continue;
      if (!(await hasOthers(tx))) await resume(tx, contact);
      else if (await awaiting.isOver(tx, id)) {
        await awaiting.begin(tx, id);
        await ownAsked.emit(tx, conversation);
      }
    }
  }

  async function tick(tx: Tx): Promise<void> {
    await beacons.tick(tx);
    await answering.answerAll(tx);
    await lookAtComing(tx);
    for (const id of await listConversationIds(tx, "direct", "rejoining")) {
      const openBeacon = await findOpenBeacon(tx, id);
      const contact = await contacts.ofConversation(tx, id);
      if (openBeacon === undefined && (await awaiting.isOn(tx, id))) continue;
      const again = openBeacon === undefined || Math.abs(today(clock) - openBeacon.day) >= RELIGHT_DAYS;
      if (again && contact !== undefined && !contact.blocked) await asking.open(tx, contact, "lost");
    }
  }

  async function adopt(tx: Tx, { id, pairwise }: Contact, made: Pairwise): Promise<void> {
    await savePairwise(tx, id, made, pairwise);
    const changed = await contacts.find(tx, id);
    if (changed !== undefined) await beacons.expect(tx, changed);
  }

  async function leaveToOwn(tx: Tx, id: string): Promise<void> {
    if ((await findConversation(tx, id))?.state === "rejoining") await awaiting.begin(tx, id);
  }

  return {
    hold: awaiting.hold,
    leaveToOwn,
    begun: fresh.begun,
    renewed: fresh.renewed,
    adopt,
    ownAsked,
    continued,
    start,
    stop,
    pause,
    resume,
    forget,
    expectOf: beacons.expect,
    taken,
    tick,
  };
}

/**
 * The former secret of the two, if a beacon was by it. Nobody else is in the group of an answer
 * that found its place taken, so nobody else has the secret that was made in it.
 */
function formerBy(crypto: Crypto, { former }: Contact, tag: string): Pairwise | undefined {
  return former !== undefined && tagOf(crypto, former) === tag ? former : undefined;
}
