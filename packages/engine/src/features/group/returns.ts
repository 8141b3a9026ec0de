import { consentToRejoin, profileOf, relationOf, seatFrom, type GroupControl } from "@pli/protocol/group";
import type { StandingCode } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { NewcomersRead } from "../../api/api.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Unit } from "../../runtime/context.ts";
import type { Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import { deleteIntention, listIntentions, replaceWish, type Wish } from "./intentions.ts";
import { ALL, findBranch, type Since } from "./marks.ts";
import { findGroup } from "./members.ts";
import { placeFrom, placeOf } from "./places.ts";
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
type Replace = Wish & { readonly kind: "replace" };
/**
 * The leaf of a device that asks, and whether its key package consents to taking that leaf's place.
 */
type Seat = { readonly leaf: Member | undefined; readonly device: string; readonly consents: boolean };

/**
 * Brings back the devices of others that cannot go on in a group, or tells them where this one
 * stands.
 */
export interface Returns {
  asked(unit: Unit, contact: Contact, request: Rejoin): Promise<void>;
  /**
   * A contact says that they are out of a group: nobody brings them back, and who lists them asks
   * for their word, by naming their leaf.
   */
  saidOut(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  /** Our own commit has done this. */
  did(conversation: string, wishes: readonly Wish[]): void;
  /** Tells somebody that they are not in this group. */
  refuse(unit: Unit, contact: Contact, conversation: Conversation): Promise<void>;
}

export function createReturns(
  context: Context,
  p: {
    contacts: Contacts;
    profiles: Profiles;
    epochs: Epochs;
    changes: Changes;
    talk: Talk;
    newcomersRead(held: HeldEpoch): NewcomersRead;
    /**
     * Whether this person was in the group before it was founded again, was not left out, and can
     * be added by this one.
     */
    mayComeOver(unit: Unit, conversation: string, profile: string): Promise<boolean>;
    /**
     * Whether somebody blocks the changes of this group, so that nobody can be brought back now.
     */
    isJammed(unit: Unit, held: HeldEpoch): Promise<boolean>;
  },
): Returns {
  const { budgets, clock, crypto, groups } = context;
  const { contacts, profiles, epochs, talk } = p;
  /**
   * When the devices of others were brought back last, and how often, by group, profile and device.
   */
  const broughtBack = new Map<string, { at: number; times: number }>();
  const answered = new Map<string, { at: number; epoch: number }>();

  async function asked(unit: Unit, contact: Contact, request: Rejoin): Promise<void> {
    const conversation = await findGroup(unit, request.conversation);
    if (conversation === undefined || conversation.state === "joining") return;
    const held = conversation.state === "left" ? undefined : await epochs.current(unit, conversation.id);
    if (held === undefined) return answer(unit, contact, conversation, 2);
    const seat = await seatOf(unit, held, contact, request);
    if (conversation.state !== "ready") return answer(unit, contact, conversation, 1, held, seat.leaf);
    if (seat.leaf === undefined) return outside(unit, contact, conversation);
    if (await p.isJammed(unit, held)) await answer(unit, contact, conversation, 1, held, seat.leaf);
    else if (!seat.consents) return answer(unit, contact, conversation, 0, held, seat.leaf);
    if (!seat.consents) return;
    const { keyPackage } = request;
    const wish = { kind: "replace", profile: contact.id, device: seat.device, keyPackage: toHex(keyPackage) } as const;
    const since = await missedSince(unit, held, contact.id, request);
    await bringBackLater(unit, held, { ...wish, replaces: toHex(seat.leaf.encryptionKey), since });
  }

  async function saidOut(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(unit, shared);
    const held = conversation && (await epochs.current(unit, conversation.id));
    if (conversation === undefined || held === undefined || conversation.state === "left") return;
    const leaf = groups.members(held.epoch.group).find((member) => profileOf(member) === contact.id);
    for (const { id, wish } of await listIntentions(unit, conversation.id))
      if (wish.kind === "replace" && wish.profile === contact.id) await deleteIntention(unit, id);
    const standing = conversation.state === "ready" ? 0 : 1;
    if (leaf !== undefined) await answer(unit, contact, conversation, standing, held, leaf);
  }

  /**
   * Somebody who was in the group before it was founded again comes over like all others; anybody
   * else is out of it.
   */
  async function outside(unit: Unit, contact: Contact, conversation: Conversation): Promise<void> {
    const { id } = conversation;
    if (!(await p.mayComeOver(unit, id, contact.id))) return refuse(unit, contact, conversation);
    const isWanted = (await listIntentions(unit, id)).some(
      ({ wish }) => wish.kind === "add" && wish.profiles.includes(contact.id),
    );
    if (!isWanted) await p.changes.want(unit, id, { kind: "add", profiles: [contact.id] });
  }

  async function seatOf(unit: Unit, held: HeldEpoch, contact: Contact, request: Rejoin): Promise<Seat> {
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
    const wanted = consentToRejoin(crypto, replaced, (await profiles.get(unit)).card.id);
    return { leaf, device, consents: crypto.equal(checked.value.consent, wanted) };
  }

  /**
   * Behind which message here the device can have missed some: those of its own epoch too, which it
   * may have forgotten; and if it does not know where it was, since this person came in. Nothing
   * from before that is theirs to read.
   */
  async function missedSince(unit: Unit, held: HeldEpoch, profile: string, { place }: Rejoin): Promise<Since> {
    const branch = await findBranch(unit, held.conversation);
    const self = (await profiles.get(unit)).id;
    // Who was there when this person came in has a right to all since then; what was before is not
    // known here.
    const cameAs = (who: string): Since | undefined => branch?.came.find((one) => one.profile === who);
    const came = cameAs(profile) ?? cameAs(self);
    if (branch === undefined || place === null) {
      return p.newcomersRead(held) === "week" ? ALL : (came ?? NOTHING);
    }
    const { after, own } = came ?? ALL;
    if (relationOf(branch, placeFrom(place)) === "apart") return { after, own };
    const there = branch.begun.findLast(({ epoch }) => epoch <= place.epoch) ?? ALL;
    return { after: Math.max(after, there.after), own: Math.max(own, there.own) };
  }

  /**
   * The newest wish of a device counts; one that comes back again and again must not keep the group
   * at work.
   */
  async function bringBackLater(unit: Unit, held: HeldEpoch, wish: Replace): Promise<void> {
    const id = held.conversation;
    const waiting = (await listIntentions(unit, id)).find(
      (other) =>
        other.wish.kind === "replace" && other.wish.profile === wish.profile && other.wish.device === wish.device,
    );
    if (waiting !== undefined) return replaceWish(unit, waiting.id, wish);
    const before = broughtBack.get(seatOfWish(id, wish)) ?? { at: Number.NEGATIVE_INFINITY, times: 0 };
    const pause = Math.min(BRING_AGAIN_MS * 2 ** Math.max(0, before.times - 1), BRING_AGAIN_MOST_MS);
    const rest = Math.max(0, before.at + pause - clock.steady());
    await p.changes.want(
      unit,
      id,
      wish,
      clock.now() + rest + Math.floor(fractionFrom(crypto.random(2)) * OTHERS_WAIT_MS),
    );
  }

  /** What another was faster at counts for nothing: this device helps as soon as it is its turn. */
  function did(conversation: string, wishes: readonly Wish[]): void {
    for (const wish of wishes) {
      if (wish.kind !== "replace") continue;
      const seat = seatOfWish(conversation, wish);
      const before = broughtBack.get(seat);
      // Who was left alone for long is a stranger to the pauses again.
      const isRecent = before !== undefined && clock.steady() - before.at <= BRING_AGAIN_MOST_MS;
      broughtBack.set(seat, { at: clock.steady(), times: isRecent ? before.times + 1 : 1 });
    }
  }

  async function answer(
    unit: Unit,
    contact: Contact,
    conversation: Conversation,
    standing: StandingCode,
    held?: HeldEpoch,
    leaf?: Member,
  ): Promise<void> {
    if (!(await mayAnswer(unit, contact, conversation))) return;
    await talk.send(unit, contact.conversation, {
      name: "group-rejoin-answer",
      conversation: conversation.shared,
      standing,
      place: held === undefined ? null : placeOf(groups, held),
      leaf: leaf?.encryptionKey ?? new Uint8Array(0),
    });
  }

  async function refuse(unit: Unit, contact: Contact, { id, shared }: Conversation): Promise<void> {
    if (await mayAnswer(unit, contact, { id }))
      await talk.send(unit, contact.conversation, { name: "group-rejoin-refused", conversation: shared });
  }

  async function mayAnswer(unit: Unit, contact: Contact, { id }: Pick<Conversation, "id">): Promise<boolean> {
    const place = `${id} ${contact.id}`;
    const before = answered.get(place);
    const epoch = (await epochs.current(unit, id))?.id ?? 0;
    const isRecent = before !== undefined && clock.steady() - before.at < ANSWER_AGAIN_MS;
    if (isRecent && before.epoch === epoch) return false;
    if (!(await budgets.take(unit, "answers", `${contact.id} ${id}`))) return false;
    answered.set(place, { at: clock.steady(), epoch });
    return true;
  }

  return { asked, saidOut, did, refuse };
}

const seatOfWish = (conversation: string, { profile, device }: Replace): string =>
  `${conversation} ${profile} ${device}`;
