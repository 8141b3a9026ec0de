import type { Unit } from "../../runtime/context.ts";
import { textIn } from "../../runtime/storage/row.ts";
import { getConversation } from "../../epochs/conversations.ts";

/**
 * Keeps what was begun in a conversation, and gives the draft that stands then. `was` is the draft
 * that the writer knew: of another that was kept since nothing is lost, it stands before theirs.
 * Done twice it has the effect of once.
 */
export async function saveDraft(unit: Unit, conversation: string, text: string, was?: string): Promise<string> {
  const present = await draftOf(unit, conversation);
  const standing = was === undefined || was === present ? text : both(present, text);
  await write(unit, conversation, standing);
  return standing;
}

/**
 * The draft was sent: it goes in the transaction that saves the message. Another that was kept
 * since stays.
 */
export async function forgetDraft(unit: Unit, conversation: string, sent: string): Promise<void> {
  if (sent !== "" && (await draftOf(unit, conversation)) === sent) await write(unit, conversation, "");
}

function both(first: string, second: string): string {
  if (first === "" || first === second) return second;
  return second === "" || first.endsWith(`\n${second}`) ? first : `${first}\n${second}`;
}

async function draftOf(unit: Unit, conversation: string): Promise<string> {
  await getConversation(unit, conversation);
  const [row] = await unit.sql.all("SELECT draft FROM conversations WHERE id = ?", [conversation]);
  return textIn(row ?? {}, "draft");
}

async function write(unit: Unit, conversation: string, draft: string): Promise<void> {
  await unit.sql.run("UPDATE conversations SET draft = ? WHERE id = ?", [draft, conversation]);
  unit.changed("conversations");
}
