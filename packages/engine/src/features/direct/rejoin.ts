import {
  BEACONS_A_DAY,
  MAX_BEACON_ANSWER_BYTES,
  beaconSeeds,
  createBeaconRequest,
  encodeBeaconAnswer,
  parseBeaconAnswer,
  parseBeaconRequest,
  restFirst,
  type Beacon,
  type GroupState,
} from "@pli/protocol/conversation";
import { createCommitCheck } from "@pli/protocol/group";
import { fromHex, toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { DAY_MS, beaconFromName, createBeaconWatches, nameOf, today } from "./beacons.ts";
import {
  findConversation,
  listConversationIds,
  setConversationState,
  setGeneration,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { findOpenBeacon, forgetBeacons, nextBeacon, saveOpenBeacon } from "./open-beacon.ts";
import type { Messages } from "../messages/messages.ts";
import type { Lost } from "../messages/resending.ts";
import type { Sending } from "../messages/sending.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";

/**
 * A device lights a beacon again after this number of days without an answer: the store still has
 * the first.
 */
const RELIGHT_DAYS = 7;
/**
 * Only where a store was replaced are more lit in a day: a device that is put back to the same copy
 * again and again writes so much, and no more.
 */
const ORDINARY_A_DAY = 32;
/**
 * What the other side has acknowledged is sent again when the two begin again: so far back, and so
 * often in an hour.
 */
const REPAID_MS = 2 * DAY_MS;
const REPAID_AN_HOUR = 4;
const HOUR_MS = 3_600_000;

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
  /** The two begin otherwise: no beacon is lit or answered any more. */
  stop(tx: Tx, contact: Contact): Promise<void>;
  /** Nothing is said to this contact, who is blocked: no beacon is lit or answered. */
  pause(tx: Tx, contact: Contact): Promise<void>;
  /** They are not blocked any more: what was to be lit or answered meanwhile is. */
  resume(tx: Tx, contact: Contact): Promise<void>;
  /** They have paired again: the beacons of the two are others from now on. */
  forget(tx: Tx, contact: Contact): Promise<void>;
  /**
   * The conversation continues in this group; what the other side may have missed is sent again.
   */
  begin(tx: Tx, conversation: Conversation, group: GroupState): Promise<void>;
  /** Expects the beacons of a contact from now on. */
  expectOf(tx: Tx, contact: Contact): Promise<void>;
  /** Another has written at our beacon, or answered in our place. */
  taken(tx: Tx, item: Reported): Promise<void>;
  /** Once in a while: the days move on. */
  tick(tx: Tx): Promise<void>;
}

/**
 * Why a conversation cannot go on: what is put in a store that was replaced is not there any more,
 * a beacon neither.
 */
type Why = "lost" | "expired" | "replaced";

export function createRejoining(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    profiles: Profiles;
    contacts: Contacts;
    watches: Watches;
    sending: Sending;
    queue: SendQueue;
  },
): Rejoining {
  const { crypto, clock, groups } = context;
  const begun: Rejoining["begun"] = createTxEvent();
  const { epochs, messages, profiles, contacts, watches, sending } = deps;
  /** Whether messages that were acknowledged are sent again, by conversation. */
  const mayRepay = createPauses(clock, HOUR_MS, REPAID_AN_HOUR);
  const beacons = createBeaconWatches(context, {
    contacts,
    profiles,
    watches,
    take: takeRequest,
    forgotten: (tx, { conversation }) => start(tx, conversation),
  });

  watches.onObject("rejoin", {
    take: (owner, name, answer) => takeAnswer(owner.slice("rejoin ".length), name, answer),
  });

  async function start(tx: Tx, id: string, why: Why = "lost"): Promise<void> {
    const conversation = await findConversation(tx, id);
    const contact = await contacts.ofConversation(tx, id);
    if (conversation === undefined || contact === undefined) return;
    if (conversation.state !== "ready" && why !== "replaced") return;
    await setConversationState(tx, id, "rejoining");
    if (!contact.blocked) await light(tx, contact, why);
  }

  const pause = (tx: Tx, { conversation }: Contact): Promise<void> => onRemoved(tx, conversation);

  async function resume(tx: Tx, contact: Contact): Promise<void> {
    const { conversation: id } = contact;
    const isLost = (await epochs.current(tx, id)) === undefined;
    if (isLost) await setConversationState(tx, id, "rejoining");
    if ((await findConversation(tx, id))?.state === "rejoining") await light(tx, contact, "lost");
    await answerWaiting(tx, contact.id);
  }

  /**
   * The next beacon of today, in place of the one that is lit; none, if this device has lit enough
   * today.
   */
  async function light(tx: Tx, contact: Contact, why: Why): Promise<void> {
    const { store, conversation, pairwise } = contact;
    const [profile, day] = [await profiles.get(tx), today(clock)];
    const index = await nextBeacon(tx, conversation, day);
    await onRemoved(tx, conversation);
    if (index >= (why === "replaced" ? BEACONS_A_DAY : ORDINARY_A_DAY)) return;
    const beacon: Beacon = { day, from: contact.role, index };
    const { keyPackage, secret } = await profiles.createKeyPackage(profile);
    await saveOpenBeacon(tx, conversation, { keyPackage, secret, index, day: beacon.day });
    const seeds = beaconSeeds(crypto, pairwise, beacon);
    const signKey = profile.identity.sign.secretKey;
    const request = createBeaconRequest(crypto, { pairwise, beacon, keyPackage, signKey });
    await put(tx, contact, "request", seeds.request, request);
    const expected = { name: nameOf(beacon), store, seed: seeds.answer, maxBytes: MAX_BEACON_ANSWER_BYTES };
    await watches.add(tx, { owner: `rejoin ${conversation}`, ...expected });
  }

  async function put(
    tx: Tx,
    contact: Contact,
    what: "request" | "answer",
    seed: Uint8Array,
    bytes: Uint8Array,
  ): Promise<void> {
    await deps.queue.add(tx, {
      stream: beaconStream(contact.conversation),
      store: contact.store,
      reference: what,
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
  }

  async function stop(tx: Tx, contact: Contact): Promise<void> {
    await onRemoved(tx, contact.conversation);
    await deleteMeta(tx, `${WAITING} ${contact.id}`);
    await setConversationState(tx, contact.conversation, "ready");
    beacons.ignore(contact);
  }

  async function forget(tx: Tx, contact: Contact): Promise<void> {
    await forgetBeacons(tx, contact.conversation);
    await watches.remove(tx, `beacon ${contact.id}`);
    await watches.remove(tx, `own-beacon ${contact.id}`);
  }

  /** What was lit is forgotten. */
  async function onRemoved(tx: Tx, conversation: string): Promise<void> {
    await saveOpenBeacon(tx, conversation, undefined);
    await watches.remove(tx, `rejoin ${conversation}`);
    await withdrawItems(tx, beaconStream(conversation), (reference) => reference === "request");
  }

  async function taken(tx: Tx, { name: conversation, reference }: Reported): Promise<void> {
    // Our own earlier self has answered this one: the other side is in a group that this device
    // does not know.
    if (reference === "answer") return start(tx, conversation);
    const contact = await contacts.ofConversation(tx, conversation);
    const openBeacon = await findOpenBeacon(tx, conversation);
    if (contact === undefined || contact.blocked || openBeacon === undefined) return;
    await light(tx, contact, "lost");
  }

  async function tick(tx: Tx): Promise<void> {
    await beacons.tick(tx);
    for (const id of await metaOf(tx, WAITING)) await answerWaiting(tx, id);
    for (const id of await listConversationIds(tx, "direct", "rejoining")) {
      const openBeacon = await findOpenBeacon(tx, id);
      const contact = await contacts.ofConversation(tx, id);
      const again = openBeacon === undefined || Math.abs(today(clock) - openBeacon.day) >= RELIGHT_DAYS;
      if (again && contact !== undefined && !contact.blocked) await light(tx, contact, "lost");
    }
  }

  async function takeRequest(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    if (answer.type !== "object") return;
    await context.transact(async (tx) => {
      const contact = await contacts.find(tx, id);
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined) return;
      // Its answer's seed seals one object, also when the power is cut now.
      await watches.done(tx, `beacon ${id}`, name);
      const { pairwise, card } = contact;
      const keyPackage = parseBeaconRequest(crypto, answer.bytes, { pairwise, beacon, edKey: card.edKey });
      if (!keyPackage.ok) return;
      if (contact.blocked) await saveWaiting(tx, contact, beacon, keyPackage.value);
      else await answerInTime(tx, contact, beacon, keyPackage.value);
    });
  }

  /**
   * Each answer is work and sends much again. Of a contact who lights one after another the newest
   * waits for its turn.
   */
  async function answerInTime(tx: Tx, contact: Contact, beacon: Beacon, keyPackage: Uint8Array): Promise<void> {
    const rest = await context.budgets.takeOrWait(tx, "beacons", contact.id);
    const key = `${WAITING} ${contact.id}`;
    if (rest === 0) {
      await deleteMeta(tx, key);
      return answerRequest(tx, contact, beacon, keyPackage);
    }
    await saveWaiting(tx, contact, beacon, keyPackage);
    tx.after(() => context.later(rest, (later) => answerWaiting(later, contact.id)));
  }

  const saveWaiting = (tx: Tx, { id }: Contact, beacon: Beacon, keyPackage: Uint8Array): Promise<void> =>
    saveMeta(tx, `${WAITING} ${id}`, { name: nameOf(beacon), keyPackage: toHex(keyPackage) } satisfies Waiting);

  async function answerWaiting(tx: Tx, id: string): Promise<void> {
    const waiting = await findMeta<Waiting>(tx, `${WAITING} ${id}`);
    const contact = await contacts.find(tx, id);
    const beacon = waiting && beaconFromName(waiting.name);
    if (waiting === undefined || beacon === undefined || contact === undefined || contact.blocked) return;
    await answerInTime(tx, contact, beacon, fromHex(waiting.keyPackage) ?? damaged("beacon"));
  }

  async function answerRequest(tx: Tx, contact: Contact, beacon: Beacon, keyPackage: Uint8Array): Promise<void> {
    const conversation = await findConversation(tx, contact.conversation);
    const profile = await profiles.get(tx);
    if (conversation === undefined) return;
    // A clock behind the other's must not find their key package too new: they signed it on the
    // beacon's day.
    const now = Math.floor(Math.max(clock.now(), (beacon.day + 1) * DAY_MS) / 1000);
    const check = contacts.leafCheck(profile, contact.card);
    const own = await profiles.createKeyPackage(profile);
    const fresh = await groups.createGroup({ groupId: crypto.random(32), ...own });
    const made = await groups.commit(fresh, { add: [keyPackage], now, check, allows: createCommitCheck(crypto) });
    if (!made.ok || made.value.welcome === undefined) return;
    const seed = beaconSeeds(crypto, contact.pairwise, beacon).answer;
    await put(tx, contact, "answer", seed, encodeBeaconAnswer(made.value.welcome));
    if (profile.id < contact.id) await onRemoved(tx, conversation.id);
    await begin(tx, conversation, made.value.state);
  }

  async function takeAnswer(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    await context.transact(async (tx) => {
      const conversation = await findConversation(tx, id);
      const contact = await contacts.ofConversation(tx, id);
      const openBeacon = await findOpenBeacon(tx, id);
      await watches.remove(tx, `rejoin ${id}`, name);
      if (answer.type !== "object" || conversation === undefined || contact === undefined || openBeacon === undefined)
        return;
      const welcome = parseBeaconAnswer(answer.bytes);
      if (!welcome.ok) return;
      const check = contacts.leafCheck(await profiles.get(tx), contact.card);
      const now = Math.floor(clock.now() / 1000);
      const joined = await groups.join(welcome.value, {
        keyPackage: openBeacon.keyPackage,
        secret: openBeacon.secret,
        now,
        check,
      });
      if (!joined.ok || groups.members(joined.value).length !== 2) return;
      await onRemoved(tx, id);
      await begin(tx, conversation, joined.value);
    });
  }

  async function begin(tx: Tx, conversation: Conversation, group: GroupState): Promise<void> {
    const { id, store, feed } = conversation;
    const generation = conversation.generation + 1;
    await setGeneration(tx, id, generation);
    await withdrawCommits(tx, id);
    await epochs.start(tx, { conversation: id, generation, store, feed, group });
    await setConversationState(tx, id, "ready");
    await count(tx, "rejoins");
    await messages.noteRejoined(tx, id);
    await sending.enqueueAgain(tx, id, lostBy(id));
    const contact = await contacts.ofConversation(tx, id);
    if (contact !== undefined) await begun.emit(tx, contact);
    tx.after(() => deps.queue.kick());
  }

  /**
   * A device that was put back may lack what it had acknowledged: that is sent again too, a few
   * times in an hour.
   */
  function lostBy(id: string): Lost | undefined {
    return mayRepay(id) ? { since: clock.now() - REPAID_MS } : undefined;
  }

  return {
    begun,
    start,
    stop,
    pause,
    resume,
    forget,
    begin,
    expectOf: beacons.expect,
    taken,
    tick,
  };
}

/** A contact's beacon that is answered when it is its turn. */
const WAITING = "waiting-beacon";
interface Waiting {
  readonly name: string;
  readonly keyPackage: string;
}

/** What is put at beacons goes its own way: it must not wait behind messages. */
export const BEACON = "beacon";
const beaconStream = (conversation: string): string => `${BEACON} ${conversation}`;

/** Whether what founds this conversation again has yet to leave. */
export const isBeaconOnItsWay = async (tx: Tx, conversation: string): Promise<boolean> =>
  (await listReferences(tx, beaconStream(conversation))).length > 0;
