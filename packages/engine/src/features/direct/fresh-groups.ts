/** A conversation of two continues in another MLS group. */
import type { GroupState } from "@pli/protocol/conversation";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { setConversationState, setGeneration, type Conversation } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Generations } from "../../people/generations.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Messages } from "../messages/messages.ts";
import type { Lost } from "../messages/resending.ts";
import type { Sending } from "../messages/sending.ts";
import { DAY_MS } from "./beacons.ts";

/**
 * What the other side has acknowledged is sent again when the two begin again: so far back, and so
 * often in an hour.
 */
const REPAID_MS = 2 * DAY_MS;
const REPAID_AN_HOUR = 4;
const HOUR_MS = 3_600_000;

export interface FreshGroups {
  /** The conversation with this contact has begun again. */
  readonly begun: TxEvent<Contact>;
  /**
   * The conversation continues in this group; what the other side may have missed is sent again.
   */
  begin(tx: Tx, conversation: Conversation, group: GroupState): Promise<void>;
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

  async function begin(tx: Tx, conversation: Conversation, group: GroupState): Promise<void> {
    const { id, store, feed } = conversation;
    const generation = conversation.generation + 1;
    await setGeneration(tx, id, generation);
    await withdrawCommits(tx, id);
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

  return { begun, begin };
}
