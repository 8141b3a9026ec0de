import { parseRules, profileOf } from "@pli/protocol/group";
import type { Context, Unit } from "../../runtime/context.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { findConversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { listIntentions } from "./intentions.ts";
import { findGroup, isMember } from "./members.ts";
import type { Talk } from "./talk.ts";

/** Who is asked into a group answers within this time, or the question is over on both sides. */
export const ANSWERED_WITHIN_MS = 14 * 86_400_000;
/** Answers that nobody waits for are answered no more often than this, for each contact. */
const AGAIN_MS = 10_000;

/** Somebody who was asked. */
interface Offer {
  readonly at: number;
  readonly answer?: "yes" | "no";
}

/** Somebody who does not come into a group that they were asked into. */
interface Refusal {
  readonly conversation: string;
  readonly contact: string;
  readonly why: "offer_declined" | "offer_unanswered";
}

/**
 * Asking contacts before they are added to a group (docs/protocol.md, section 5.4). A contact who
 * wants to be asked says so in advance; the wish to add them waits for their answer, and nobody in
 * the group but who asked knows of it.
 */
export interface Offers {
  /** A contact says whether they want to be asked. */
  told(unit: Unit, contact: Contact, asks: boolean): Promise<void>;
  /** Those of these contacts who can be added to the group now. The others are asked, once. */
  willing(unit: Unit, held: HeldEpoch, contacts: readonly string[]): Promise<string[]>;
  /** Whether this contact was asked and has not answered. */
  awaits(unit: Unit, conversation: string, contact: string): Promise<boolean>;
  /** A contact answers. Gives the group, if they were asked. */
  answered(unit: Unit, contact: Contact, shared: Uint8Array, accepts: boolean): Promise<string | undefined>;
  /** Those whom nobody wants to add to this group any more hear that the question is over. */
  sweep(unit: Unit, conversation: string): Promise<void>;
  /** Who does not come, of those who are wanted still: they said no, or nothing for too long. */
  refusals(unit: Unit): Promise<Refusal[]>;
  /** The conversation with this contact has begun again: what was asked there may be lost. */
  reached(unit: Unit, contact: string): Promise<void>;
}

export function createOffers(context: Context, p: { contacts: Contacts; epochs: Epochs; talk: Talk }): Offers {
  const { clock, groups } = context;
  const { contacts, talk } = p;
  const isTimeToEnd = createPauses(clock, AGAIN_MS);

  async function told(unit: Unit, { id }: Contact, asks: boolean): Promise<void> {
    if (asks) await saveMeta(unit, asksKey(id), true);
    else await deleteMeta(unit, asksKey(id));
  }

  const findOffer = (unit: Unit, contact: string, conversation: string): Promise<Offer | undefined> =>
    findMeta(unit, offerKey(contact, conversation));

  async function willing(unit: Unit, held: HeldEpoch, ids: readonly string[]): Promise<string[]> {
    const ready: string[] = [];
    for (const id of ids) if (await isWilling(unit, held, id)) ready.push(id);
    return ready;
  }

  async function isWilling(unit: Unit, held: HeldEpoch, id: string): Promise<boolean> {
    if ((await findMeta<true>(unit, asksKey(id))) === undefined) return true;
    const offer = await findOffer(unit, id, held.conversation);
    if (offer === undefined) await ask(unit, held, id);
    return offer?.answer === "yes";
  }

  async function ask(unit: Unit, held: HeldEpoch, id: string): Promise<void> {
    const contact = await contacts.find(unit, id);
    if (contact === undefined || contact.blocked) return;
    await saveMeta(unit, offerKey(id, held.conversation), { at: clock.now() } satisfies Offer);
    unit.changed("conversations");
    await say(unit, held, contact);
  }

  async function say(unit: Unit, { conversation, epoch }: HeldEpoch, contact: Contact): Promise<void> {
    const { shared, store } = await talk.conversation(unit, conversation);
    const rules = parseRules(groups.rules(epoch.group) ?? new Uint8Array(0));
    const title = rules.ok ? rules.value.name : damaged("rules");
    const members = new Set(groups.members(epoch.group).map(profileOf)).size;
    await talk.send(unit, contact.conversation, { name: "group-offer", conversation: shared, title, store, members });
  }

  async function answered(
    unit: Unit,
    contact: Contact,
    shared: Uint8Array,
    accepts: boolean,
  ): Promise<string | undefined> {
    const conversation = await findGroup(unit, shared);
    const offer = conversation && (await findOffer(unit, contact.id, conversation.id));
    if (conversation === undefined || offer === undefined) {
      const isIn = conversation !== undefined && (await isMember(unit, conversation.id, contact.id));
      if (accepts && !isIn && isTimeToEnd(contact.id)) await end(unit, contact, shared);
      return undefined;
    }
    const answer = accepts ? "yes" : "no";
    await saveMeta(unit, offerKey(contact.id, conversation.id), { ...offer, answer } satisfies Offer);
    unit.changed("conversations");
    return conversation.id;
  }

  const end = (unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> =>
    talk.send(unit, contact.conversation, { name: "group-offer-ended", conversation: shared });

  async function sweep(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    const wishes = (await listIntentions(unit, id)).map(({ wish }) => wish);
    const wanted = new Set(wishes.flatMap((wish) => (wish.kind === "add" ? wish.profiles : [])));
    for (const { contact: who } of (await open(unit)).filter((offer) => offer.conversation === id)) {
      if (wanted.has(who)) continue;
      const answer = (await findOffer(unit, who, id))?.answer;
      await deleteMeta(unit, offerKey(who, id));
      const contact = await contacts.find(unit, who);
      const isOver = answer === "no" || contact === undefined || contact.blocked || (await isMember(unit, id, who));
      if (conversation !== undefined && !isOver) await end(unit, contact, conversation.shared);
    }
  }

  async function open(unit: Unit): Promise<{ contact: string; conversation: string }[]> {
    return (await metaOf(unit, OFFER)).map((key) => {
      const [contact = "", conversation = ""] = key.split(" ");
      return { contact, conversation };
    });
  }

  async function refusals(unit: Unit): Promise<Refusal[]> {
    const found: Refusal[] = [];
    for (const one of await open(unit)) {
      const offer = await findOffer(unit, one.contact, one.conversation);
      const isLate = offer !== undefined && clock.since(offer.at) > ANSWERED_WITHIN_MS;
      if (offer?.answer === "no") found.push({ ...one, why: "offer_declined" });
      else if (offer?.answer === undefined && isLate) found.push({ ...one, why: "offer_unanswered" });
    }
    return found;
  }

  async function reached(unit: Unit, id: string): Promise<void> {
    const contact = await contacts.find(unit, id);
    for (const offer of (await open(unit)).filter((one) => one.contact === id)) {
      const held = await p.epochs.current(unit, offer.conversation);
      const isAnswered = (await findOffer(unit, id, offer.conversation))?.answer !== undefined;
      if (contact !== undefined && held !== undefined && !isAnswered) await say(unit, held, contact);
    }
  }

  return {
    told,
    willing,
    awaits: async (unit, conversation, contact) => {
      const offer = await findOffer(unit, contact, conversation);
      return offer !== undefined && offer.answer === undefined;
    },
    answered,
    sweep,
    refusals,
    reached,
  };
}

const OFFER = "offer";
/** What belongs to a conversation ends with its id. */
const offerKey = (contact: string, conversation: string): string => `${OFFER} ${contact} ${conversation}`;
const asksKey = (contact: string): string => `asks ${contact}`;
