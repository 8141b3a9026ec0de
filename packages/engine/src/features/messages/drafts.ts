import type { Tx } from "../../runtime/context.ts";
import { getDraft, writeDraft } from "../../epochs/conversations.table.ts";

/**
 * Keeps what was begun in a conversation, and gives the draft that stands then. `was` is the draft
 * that the writer knew: of another that was kept since nothing is lost, it stands before theirs.
 * Done twice it has the effect of once.
 */
export async function saveDraft(tx: Tx, conversation: string, text: string, was?: string): Promise<string> {
  const present = await getDraft(tx, conversation);
  const standing = was === undefined || was === present ? text : both(present, text);
  await writeDraft(tx, conversation, standing);
  return standing;
}

/**
 * The draft was sent: it goes in the transaction that saves the message. False: another that was
 * kept since stays.
 */
export async function forgetDraft(tx: Tx, conversation: string, sent: string): Promise<boolean> {
  if (sent === "" || (await getDraft(tx, conversation)) !== sent) return false;
  await writeDraft(tx, conversation, "");
  return true;
}

function both(first: string, second: string): string {
  if (first === "" || first === second) return second;
  return second === "" || first.endsWith(`\n${second}`) ? first : `${first}\n${second}`;
}
