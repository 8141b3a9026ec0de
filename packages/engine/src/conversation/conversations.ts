import { fromHex } from "@pli/protocol/crypto";
import type { Unit } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { SqlRow } from "../ports.ts";
import { damaged, numberIn, textIn } from "../storage/row.ts";

/** A conversation of two as this device keeps it. */
export interface Conversation {
  readonly id: string;
  readonly contact: string;
  readonly store: string;
  readonly feed: number;
  /** Counts the MLS groups it has been: one more after each re-joining. */
  readonly generation: number;
  readonly state: "ready" | "rejoining";
}

export function idBytes(id: string): Uint8Array {
  return fromHex(id) ?? damaged("identifier");
}

export async function findConversation(unit: Unit, id: string): Promise<Conversation | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM conversations WHERE id = ?", [id]);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** Rejects with `conversation_unknown`. */
export async function getConversation(unit: Unit, id: string): Promise<Conversation> {
  const conversation = await findConversation(unit, id);
  if (conversation === undefined) throw new PliError("conversation_unknown");
  return conversation;
}

function conversationFromRow(row: SqlRow): Conversation {
  return {
    id: textIn(row, "id"),
    contact: textIn(row, "contact"),
    store: textIn(row, "store"),
    feed: numberIn(row, "feed"),
    generation: numberIn(row, "generation"),
    state: textIn(row, "state") === "rejoining" ? "rejoining" : "ready",
  };
}

export async function setConversationState(unit: Unit, id: string, state: Conversation["state"]): Promise<void> {
  await unit.sql.run("UPDATE conversations SET state = ? WHERE id = ?", [state, id]);
  unit.changed("conversations", `messages:${id}`);
}

/** The stream of the outbox in which a conversation's cells leave, in order. */
export const streamOf = (conversation: string): string => `conversation ${conversation}`;
