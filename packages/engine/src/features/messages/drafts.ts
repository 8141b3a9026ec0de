import type { Tx } from "../../runtime/context.ts";
import { textIn } from "../../runtime/storage/row.ts";
import { getConversation } from "../../epochs/conversations.ts";

/**
 * Keeps what was begun in a conversation, and gives the draft that stands then. `was` is the draft
 * that the writer knew: of another that was kept since nothing is lost, it stands before theirs.
 * Done twice it has the effect of once.
 */
export async function saveDraft(tx: Tx, conversation: string, text: string, was?: string): Promise<string> {
  const present = await draftOf(tx, conversation);
  const standing = was === undefined || was === present ? text : both(present, text);
  await write(tx, conversation, standing);
  return standing;
}

/**
 * The draft was sent: it goes in the transaction that saves the message. Another that was kept
 * since stays.
 */
export async function forgetDraft(tx: Tx, conversation: string, sent: string): Promise<void> {
  if (sent !== "" && (await draftOf(tx, conversation)) === sent) await write(tx, conversation, "");
}

function both(first: string, second: string): string {
  if (first === "" || first === second) return second;
  return second === "" || first.endsWith(`\n${second}`) ? first : `${first}\n${second}`;
}

async function draftOf(tx: Tx, conversation: string): Promise<string> {
  await getConversation(tx, conversation);
  const [row] = await tx.sql.all("SELECT draft FROM conversations WHERE id = ?", [conversation]);
  return textIn(row ?? {}, "draft");
}

async function write(tx: Tx, conversation: string, draft: string): Promise<void> {
  await tx.sql.run("UPDATE conversations SET draft = ? WHERE id = ?", [draft, conversation]);
  tx.changed("conversations");
}
