import { consentToRejoin, profileOf, relationOf, seatFrom, type GroupControl } from "@pli/protocol/group";
import type { ForkState, Since, StandingCode } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findGroup, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import {
  deletePendingOperation,
  listPendingOperations,
  replaceOperation,
  type PendingOperation,
} from "./pending-operations.table.ts";
import { ALL, findForkState } from "./fork-state.ts";
import { placeFrom, placeOf } from "./places.ts";
import type { Successors } from "./successors.ts";
import type { Talk } from "./talk.ts";

/** Nobody is answered more often than this in one epoch. */
const ANSWER_AGAIN_MS = 2_000;
/**
 * A device that was brought back is brought back again after this long, then twice as long, up to
 * an hour.
 */
const BRING_AGAIN_MS = 30_000;
const BRING_AGAIN_MOST_MS = 3_600_000;
/** Those who do not lead the group wait up to so long: one of all who were asked is enough. */
const OTHERS_WAIT_MS = 1_500;

/** Behind all that is here. */
const NOTHING: Since = { after: Number.MAX_SAFE_INTEGER, own: Number.MAX_SAFE_INTEGER };

type Rejoin = GroupControl & { readonly name: "group-rejoin" };
type Replace = PendingOperation & { readonly kind: "replace" };
type Came = ForkState["came"][number];
/**
 * The leaf of a device that asks, and whether its key package consents to taking that leaf's place.
 */
type Seat = { readonly leaf: Member | undefined; readonly device: string; readonly consents: boolean };

/**
 * Brings back the devices of others that cannot go on in a group, or tells them where this one
 * stands.
 */
export interface Returns {
  asked(tx: Tx, contact: Contact, request: Rejoin): Promise<void>;
  /**
   * A contact says that they are out of a group: nobody brings them back, and who lists them asks
   * for their word, by naming their leaf.
   */
  saidOut(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** Our own commit has done this. */
  recordOwnChange(conversation: string, operations: readonly PendingOperation[]): void;
  /** Tells somebody that they are not in this group. */
  refuse(tx: Tx, contact: Contact, conversation: Conversation): Promise<void>;
}

export function createReturns(
  context: Context,
  deps: {
    contacts: Contacts;
    profiles: Profiles;
    epochs: Epochs;
    changes: Changes;
    talk: Talk;
    epochRoles: EpochRoles;
    successors: Pick<Successors, "mayComeOver" | "isOutOfLabels">;
  },
): Returns {
  const { budgets, clock, crypto, groups } = context;
  const { contacts, profiles, epochs, talk } = deps;
  /**
   * When the devices of others were brought back last, and how often, by group, profile and device.
   */
  const broughtBack = new Map<string, { at: number; times: number }>();
  const answered = new Map<string, { at: number; epoch: number }>();

  /** Repair path 6/9: a contact gets the question, and queues the replacement of the leaf. */
  async function asked(tx: Tx, contact: Contact, request: Rejoin): Promise<void> {
    const conversation = await findGroup(tx, request.conversation);
    if (conversation === undefined || conversation.state === "joining") return;
    const held = conversation.state === "left" ? undefined : await epochs.current(tx, conversation.id);
    if (held === undefined) return answer(tx, contact, conversation, 2);
    const seat = await seatOf(tx, held, contact, request);
    if (conversation.state !== "ready") return answer(tx, contact, conversation, 1, held, seat.leaf);
    if (seat.leaf === undefined) return outside(tx, contact, conversation);
    if (await deps.successors.isOutOfLabels(tx, held.conversation))
      await answer(tx, contact, conversation, 1, held, seat.leaf);
    else if (!seat.consents) return answer(tx, contact, conversation, 0, held, seat.leaf);
    if (!seat.consents) return;
    const { keyPackage } = request;
    const operation = {
      kind: "replace",
      profile: contact.id,
      device: seat.device,
      keyPackage: toHex(keyPackage),
    } as const;
    const since = await missedSince(tx, held, contact.id, request);
    await bringBackLater(tx, held, { ...operation, replaces: toHex(seat.leaf.encryptionKey), since });
  }

  async function saidOut(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    const held = conversation && (await epochs.current(tx, conversation.id));
    if (conversation === undefined || held === undefined || conversation.state === "left") return;
    const leaf = groups.members(held.epoch.group).find((member) => profileOf(member) === contact.id);
    for (const { id, operation } of await listPendingOperations(tx, conversation.id))
      if (operation.kind === "replace" && operation.profile === contact.id) await deletePendingOperation(tx, id);
    const standing = conversation.state === "ready" ? 0 : 1;
    if (leaf !== undefined) await answer(tx, contact, conversation, standing, held, leaf);
  }

  /**
   * Somebody who was in the group before this successor group comes over like all others; anybody
   * else is out of it.
   */
  async function outside(tx: Tx, contact: Contact, conversation: Conversation): Promise<void> {
    const { id } = conversation;
    if (!(await deps.successors.mayComeOver(tx, id, contact.id))) return refuse(tx, contact, conversation);
    const isWanted = (await listPendingOperations(tx, id)).some(
      ({ operation }) => operation.kind === "add" && operation.profiles.includes(contact.id),
    );
    if (!isWanted) await deps.changes.want(tx, id, { kind: "add", profiles: [contact.id] });
  }

  async function seatOf(tx: Tx, held: HeldEpoch, contact: Contact, request: Rejoin): Promise<Seat> {
    const { group } = held.epoch;
    const theirs = groups.members(group).filter((member) => profileOf(member) === contact.id);
    const now = Math.floor(clock.now() / 1000);
    const { keyPackage, conversation } = request;
    const checked =
      keyPackage.length === 0
        ? undefined
        : await groups.checkKeyPackage(keyPackage, now, contacts.leafCheckOf(contact));
    // One device a person today: without a key package there is no other that could be meant.
    if (checked?.ok !== true) return { leaf: theirs[0], device: "", consents: false };
    const device = seatFrom(checked.value.credential)?.device ?? damaged("credential");
    const leaf = theirs.find((member) => seatFrom(member.credential)?.device === device);
    if (leaf === undefined || checked.value.consent === undefined) return { leaf, device, consents: false };
    const replaced = { conversation, groupId: groups.groupId(group), encryptionKey: leaf.encryptionKey };
    const wanted = consentToRejoin(crypto, replaced, (await profiles.get(tx)).card.id);
    return { leaf, device, consents: crypto.equal(checked.value.consent, wanted) };
  }

  /**
   * Behind which message here the device can have missed some: those of its own epoch too, which it
   * may have forgotten; and if it does not know where it was, since this person came in. Nothing
   * from before that is theirs to read, no matter when it arrived here.
   */
  async function missedSince(tx: Tx, held: HeldEpoch, profile: string, { place }: Rejoin): Promise<Since> {
    const branch = await findForkState(tx, held.conversation);
    const self = (await profiles.get(tx)).id;
    // Who was there when this person came in has a right to all since then; what was before is not
    // known here.
    const cameAs = (who: string): Came | undefined => branch?.came.find((one) => one.profile === who);
    const came = cameAs(profile) ?? cameAs(self);
    if (branch === undefined || place === null) {
      return deps.epochRoles.rules(held)?.newcomersRead === "week" ? ALL : sinceOf(came, NOTHING);
    }
    const theirs = sinceOf(came, ALL);
    if (relationOf(branch, placeFrom(place)) === "apart") return theirs;
    const there = branch.begun.findLast(({ epoch }) => epoch <= place.epoch) ?? ALL;
    return { ...theirs, after: Math.max(theirs.after, there.after), own: Math.max(theirs.own, there.own) };
  }

  /**
   * The newest operation of a device counts; one that comes back again and again must not keep the
   * group at work.
   */
  async function bringBackLater(tx: Tx, held: HeldEpoch, operation: Replace): Promise<void> {
    const id = held.conversation;
    const waiting = (await listPendingOperations(tx, id)).find(
      (other) =>
        other.operation.kind === "replace" &&
        other.operation.profile === operation.profile &&
        other.operation.device === operation.device,
    );
    if (waiting !== undefined) return replaceOperation(tx, waiting.id, operation);
    const before = broughtBack.get(seatOfOperation(id, operation)) ?? { at: Number.NEGATIVE_INFINITY, times: 0 };
    const pause = Math.min(BRING_AGAIN_MS * 2 ** Math.max(0, before.times - 1), BRING_AGAIN_MOST_MS);
    const rest = Math.max(0, before.at + pause - clock.steady());
    await deps.changes.want(
      tx,
      id,
      operation,
      clock.now() + rest + Math.floor(fractionFrom(crypto.random(2)) * OTHERS_WAIT_MS),
    );
  }

  /** What another was faster at counts for nothing: this device helps as soon as it is its turn. */
  function recordOwnChange(conversation: string, operations: readonly PendingOperation[]): void {
    for (const operation of operations) {
      if (operation.kind !== "replace") continue;
      const seat = seatOfOperation(conversation, operation);
      const before = broughtBack.get(seat);
      // Who was left alone for long is a stranger to the pauses again.
      const isRecent = before !== undefined && clock.steady() - before.at <= BRING_AGAIN_MOST_MS;
      broughtBack.set(seat, { at: clock.steady(), times: isRecent ? before.times + 1 : 1 });
    }
  }

  async function answer(
    tx: Tx,
    contact: Contact,
    conversation: Conversation,
    standing: StandingCode,
    held?: HeldEpoch,
    leaf?: Member,
  ): Promise<void> {
    if (!(await mayAnswer(tx, contact, conversation))) return;
    await talk.send(tx, contact.conversation, {
      name: "group-rejoin-answer",
      conversation: conversation.shared,
      standing,
      place: held === undefined ? null : placeOf(groups, held),
      leaf: leaf?.encryptionKey ?? new Uint8Array(0),
    });
  }

  async function refuse(tx: Tx, contact: Contact, { id, shared }: Conversation): Promise<void> {
    if (await mayAnswer(tx, contact, { id }))
      await talk.send(tx, contact.conversation, { name: "group-rejoin-refused", conversation: shared });
  }

  async function mayAnswer(tx: Tx, contact: Contact, { id }: Pick<Conversation, "id">): Promise<boolean> {
    const place = `${id} ${contact.id}`;
    const before = answered.get(place);
    const epoch = (await epochs.current(tx, id))?.id ?? 0;
    const isRecent = before !== undefined && clock.steady() - before.at < ANSWER_AGAIN_MS;
    if (isRecent && before.epoch === epoch) return false;
    if (!(await budgets.take(tx, "answers", `${contact.id} ${id}`))) return false;
    answered.set(place, { at: clock.steady(), epoch });
    return true;
  }

  return { asked, saidOut, recordOwnChange, refuse };
}

function sinceOf(came: Came | undefined, otherwise: Since): Since {
  if (came === undefined) return otherwise;
  const { after, own, epochId } = came;
  return { after, own, ...(epochId !== undefined && { epochId }) };
}

const seatOfOperation = (conversation: string, { profile, device }: Replace): string =>
  `${conversation} ${profile} ${device}`;
