/** A conversation of two continues in another MLS group. */
import type { GroupState } from "@pli/protocol/conversation";
import { seatFrom } from "@pli/protocol/group";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { setConversationState, setGeneration, type Conversation } from "../../epochs/conversations.table.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { savePairwise } from "../../people/contacts.table.ts";
import type { Pairwise } from "../../people/pairwise.ts";
import type { Generations } from "../../people/generations.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Messages } from "../messages/messages.ts";
import type { Lost } from "../messages/resending.ts";
import type { Sending } from "../messages/sending.ts";
import { DAY_MS } from "./feed-days.ts";

/**
 * What the other side has acknowledged is sent again when the two begin again: so far back, and so
 * often in an hour.
 */
const REPAID_MS = 2 * DAY_MS;
const REPAID_AN_HOUR = 4;
const HOUR_MS = 3_600_000;

/** With whom, and by which secret of the two they found each other. */
interface Met {
  readonly contact: Contact;
  readonly under: Pairwise;
}

/** The exporter label of the secret of two people whose keys have changed. */
const PAIRWISE_EXPORT = "pli pairwise";

export interface FreshGroups {
  /** The conversation with this contact has begun again. */
  readonly begun: TxEvent<Contact>;
  /**
   * The conversation continues in this group; what the other side may have missed is sent again.
   */
  begin(tx: Tx, conversation: Conversation, group: GroupState, met: Met): Promise<void>;
  /** The two have another secret from now on. */
  readonly renewed: TxEvent<Contact>;
  /**
   * The conversation is about to continue in this epoch. When it has leaves of other keys than the
   * one before, the two make another secret: both see that in the same commit.
   */
  continued(tx: Tx, p: { readonly before: HeldEpoch; readonly group: GroupState }): Promise<void>;
}

export function createFreshGroups(
  { clock, groups }: Context,
  deps: {
    epochs: Epochs;
    generations: Generations;
    messages: Messages;
    contacts: Contacts;
    sending: Sending;
    queue: SendQueue;
  },
): FreshGroups {
  const { epochs, messages, contacts, sending } = deps;
  const begun: FreshGroups["begun"] = createTxEvent();
  /** Whether messages that were acknowledged are sent again, by conversation. */
  const mayRepay = createPauses(clock, HOUR_MS, REPAID_AN_HOUR);

  const renewed: FreshGroups["renewed"] = createTxEvent();

  /**
   * By keys of another generation than made their secret, the two make another one: only the two
   * who are in this group know it. Both see the same leaves and the same secret, so both do.
   */
  async function renew(tx: Tx, group: GroupState, { contact, under }: Met): Promise<void> {
    const { own, peer } = generationsIn(group, contact);
    if (own === under.own && peer === under.peer) return;
    await replace(tx, group, { contact, under });
  }

  async function replace(tx: Tx, group: GroupState, { contact, under }: Met): Promise<void> {
    const { own, peer } = generationsIn(group, contact);
    const secret = await groups.exportSecret(group, PAIRWISE_EXPORT, new Uint8Array(0), 32);
    await savePairwise(tx, contact.id, { secret, own, peer }, under);
    const changed = await contacts.find(tx, contact.id);
    if (changed !== undefined) await renewed.emit(tx, changed);
  }

  /** The latest of the leaves of each. */
  function generationsIn(group: GroupState, { id }: Contact): { own: number; peer: number } {
    const seats = groups.members(group).flatMap(({ credential }) => seatFrom(credential) ?? []);
    const latest = (theirs: boolean): number =>
      Math.max(0, ...seats.map(({ profile, generation }) => ((profile === id) === theirs ? generation : 0)));
    return { own: latest(false), peer: latest(true) };
  }

  async function continued(tx: Tx, { before, group }: Parameters<FreshGroups["continued"]>[1]): Promise<void> {
    const contact = await contacts.ofConversation(tx, before.conversation);
    if (contact === undefined) return;
    const [was, is] = [generationsIn(before.epoch.group, contact), generationsIn(group, contact)];
    if (was.own !== is.own || was.peer !== is.peer) await replace(tx, group, { contact, under: contact.pairwise });
  }

  async function begin(tx: Tx, conversation: Conversation, group: GroupState, met: Met): Promise<void> {
    const { id, store, feed } = conversation;
    const generation = conversation.generation + 1;
    await setGeneration(tx, id, generation);
    await withdrawCommits(tx, id);
    await renew(tx, group, met);
    await epochs.start(tx, { conversation: id, generation, store, feed, group });
    await deps.generations.sawAll(tx, groups.members(group));
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

  return { begun, begin, renewed, continued };
}
