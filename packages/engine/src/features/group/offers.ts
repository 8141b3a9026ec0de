import { profileOf } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { findGroup, findConversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { listPendingOperations } from "./pending-operations.table.ts";
import { isMember } from "./members.table.ts";
import { rulesIn } from "./members.ts";
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
 * wants to be asked says so in advance; the operation to add them waits for their answer, and
 * nobody in the group but who asked knows of it.
 */
export interface Offers {
  /** A contact says whether they want to be asked. */
  told(tx: Tx, contact: Contact, asks: boolean): Promise<void>;
  /** Those of these contacts who can be added to the group now. The others are asked, once. */
  willing(tx: Tx, held: HeldEpoch, contacts: readonly string[]): Promise<string[]>;
  /** Whether this contact was asked and has not answered. */
  awaits(tx: Tx, conversation: string, contact: string): Promise<boolean>;
  /** A contact answers. Gives the group, if they were asked. */
  answered(tx: Tx, contact: Contact, shared: Uint8Array, accepts: boolean): Promise<string | undefined>;
  /** Those whom nobody wants to add to this group any more hear that the question is over. */
  sweep(tx: Tx, conversation: string): Promise<void>;
  /** Who does not come, of those who are wanted still: they said no, or nothing for too long. */
  refusals(tx: Tx): Promise<Refusal[]>;
  /** The conversation with this contact has begun again: what was asked there may be lost. */
  reached(tx: Tx, contact: string): Promise<void>;
}

export function createOffers(
  context: Context,
  deps: { contacts: Contacts; epochs: Epochs; epochRoles: EpochRoles; talk: Talk },
): Offers {
  const { clock, groups } = context;
  const { contacts, talk } = deps;
  const isTimeToEnd = createPauses(clock, AGAIN_MS);

  async function told(tx: Tx, { id }: Contact, asks: boolean): Promise<void> {
    if (asks) await saveMeta(tx, asksKey(id), true);
    else await deleteMeta(tx, asksKey(id));
  }

  const findOffer = (tx: Tx, contact: string, conversation: string): Promise<Offer | undefined> =>
    findMeta(tx, offerKey(contact, conversation));

  async function willing(tx: Tx, held: HeldEpoch, ids: readonly string[]): Promise<string[]> {
    const ready: string[] = [];
    for (const id of ids) if (await isWilling(tx, held, id)) ready.push(id);
    return ready;
  }

  async function isWilling(tx: Tx, held: HeldEpoch, id: string): Promise<boolean> {
    if ((await findMeta<true>(tx, asksKey(id))) === undefined) return true;
    const offer = await findOffer(tx, id, held.conversation);
    if (offer === undefined) await ask(tx, held, id);
    return offer?.answer === "yes";
  }

  async function ask(tx: Tx, held: HeldEpoch, id: string): Promise<void> {
    const contact = await contacts.find(tx, id);
    if (contact === undefined || contact.blocked) return;
    await saveMeta(tx, offerKey(id, held.conversation), { at: clock.now() } satisfies Offer);
    tx.changed("conversations");
    await say(tx, held, contact);
  }

  async function say(tx: Tx, held: HeldEpoch, contact: Contact): Promise<void> {
    const { shared, store } = await talk.conversation(tx, held.conversation);
    const title = rulesIn(deps.epochRoles, held).name;
    const members = new Set(groups.members(held.epoch.group).map(profileOf)).size;
    await talk.send(tx, contact.conversation, { name: "group-offer", conversation: shared, title, store, members });
  }

  async function answered(tx: Tx, contact: Contact, shared: Uint8Array, accepts: boolean): Promise<string | undefined> {
    const conversation = await findGroup(tx, shared);
    const offer = conversation && (await findOffer(tx, contact.id, conversation.id));
    if (conversation === undefined || offer === undefined) {
      const isIn = conversation !== undefined && (await isMember(tx, conversation.id, contact.id));
      if (accepts && !isIn && isTimeToEnd(contact.id)) await end(tx, contact, shared);
      return undefined;
    }
    const answer = accepts ? "yes" : "no";
    await saveMeta(tx, offerKey(contact.id, conversation.id), { ...offer, answer } satisfies Offer);
    tx.changed("conversations");
    return conversation.id;
  }

  const end = (tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> =>
    talk.send(tx, contact.conversation, { name: "group-offer-ended", conversation: shared });

  async function sweep(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const operations = (await listPendingOperations(tx, id)).map(({ operation }) => operation);
    const wanted = new Set(operations.flatMap((operation) => (operation.kind === "add" ? operation.profiles : [])));
    for (const { contact: who } of (await open(tx)).filter((offer) => offer.conversation === id)) {
      if (wanted.has(who)) continue;
      const answer = (await findOffer(tx, who, id))?.answer;
      await deleteMeta(tx, offerKey(who, id));
      const contact = await contacts.find(tx, who);
      const isOver = answer === "no" || contact === undefined || contact.blocked || (await isMember(tx, id, who));
      if (conversation !== undefined && !isOver) await end(tx, contact, conversation.shared);
    }
  }

  async function open(tx: Tx): Promise<{ contact: string; conversation: string }[]> {
    return (await metaOf(tx, OFFER)).map((key) => {
      const [contact = "", conversation = ""] = key.split(" ");
      return { contact, conversation };
    });
  }

  async function refusals(tx: Tx): Promise<Refusal[]> {
    const found: Refusal[] = [];
    for (const one of await open(tx)) {
      const offer = await findOffer(tx, one.contact, one.conversation);
      const isLate = offer !== undefined && clock.since(offer.at) > ANSWERED_WITHIN_MS;
      if (offer?.answer === "no") found.push({ ...one, why: "offer_declined" });
      else if (offer?.answer === undefined && isLate) found.push({ ...one, why: "offer_unanswered" });
    }
    return found;
  }

  async function reached(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.find(tx, id);
    for (const offer of (await open(tx)).filter((one) => one.contact === id)) {
      const held = await deps.epochs.current(tx, offer.conversation);
      const isAnswered = (await findOffer(tx, id, offer.conversation))?.answer !== undefined;
      if (contact !== undefined && held !== undefined && !isAnswered) await say(tx, held, contact);
    }
  }

  return {
    told,
    willing,
    awaits: async (tx, conversation, contact) => {
      const offer = await findOffer(tx, contact, conversation);
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
