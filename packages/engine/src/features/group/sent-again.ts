import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Tx } from "../../runtime/context.ts";
import { findGroup } from "../../epochs/conversations.table.ts";
import { findForAll } from "./fork-state.ts";
import { isMember } from "./members.table.ts";
import type { Talk } from "./talk.ts";

/** Texts that a contact could not keep, and asks for when there is room. */
export interface SentAgain {
  /**
   * They ask: own texts leave again, of the two or of a group since all were in it who are in it
   * now.
   */
  enqueue(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** We ask a contact for what they wrote in a conversation and what was not kept here. */
  ask(tx: Tx, contact: Contact, conversation: string): Promise<void>;
}

export function createSentAgain(
  { context: { budgets, crypto }, queue, sending }: Kit,
  { talk }: { talk: Talk },
): SentAgain {
  async function enqueue(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const direct = await talk.conversation(tx, contact.conversation);
    const isDirect = crypto.equal(direct.shared, shared);
    const conversation = isDirect ? direct : await findGroup(tx, shared);
    if (conversation === undefined) return;
    if (!isDirect && !(await isMember(tx, conversation.id, contact.id))) return;
    if (!(await budgets.take(tx, "wanted", `${contact.id} ${conversation.id}`))) return;
    if (!isDirect && !(await budgets.take(tx, "wantedIn", conversation.id))) return;
    const forAll = isDirect ? { own: 0 } : await findForAll(tx, conversation.id);
    await sending.enqueueFor(tx, conversation.id, contact.id, forAll);
    tx.after(queue.kick);
  }

  async function ask(tx: Tx, contact: Contact, id: string): Promise<void> {
    const { shared } = await talk.conversation(tx, id);
    await talk.send(tx, contact.conversation, { name: "texts-wanted", conversation: shared });
  }

  return { enqueue, ask };
}
