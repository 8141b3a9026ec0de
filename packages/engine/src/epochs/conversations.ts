import { fromHex } from "@pli/protocol/crypto";
import type { Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, damaged, numberIn, textIn } from "../runtime/storage/row.ts";

/** A conversation of two, or a group, as this device keeps it. */
export interface Conversation {
  readonly id: string;
  readonly kind: "direct" | "group";
  /** What all members name it by, 32 bytes: in the ids of its messages. */
  readonly shared: Uint8Array;
  /** The other person; empty in a group. */
  readonly contact: string;
  readonly store: string;
  readonly feed: number;
  /** Counts the MLS groups it has been: one more after each re-joining. */
  readonly generation: number;
  readonly state: "ready" | "rejoining" | "joining" | "left";
}

const COLUMNS = "id, kind, shared, contact, store, feed, generation, state";

export function idBytes(id: string): Uint8Array {
  return fromHex(id) ?? damaged("identifier");
}

export async function findConversation(tx: Tx, id: string): Promise<Conversation | undefined> {
  const [row] = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE id = ?`, [id]);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** Rejects with `conversation_unknown`. */
export async function getConversation(tx: Tx, id: string): Promise<Conversation> {
  const conversation = await findConversation(tx, id);
  if (conversation === undefined) throw new PliError("conversation_unknown");
  return conversation;
}

function conversationFromRow(row: SqlRow): Conversation {
  return {
    id: textIn(row, "id"),
    kind: textIn(row, "kind") === "group" ? "group" : "direct",
    shared: bytesIn(row, "shared"),
    contact: textIn(row, "contact"),
    store: textIn(row, "store"),
    feed: numberIn(row, "feed"),
    generation: numberIn(row, "generation"),
    state: conversationState(row),
  };
}

export function conversationState(row: SqlRow): Conversation["state"] {
  const state = textIn(row, "state");
  return state === "rejoining" || state === "joining" || state === "left" ? state : "ready";
}

export async function setConversationState(tx: Tx, id: string, state: Conversation["state"]): Promise<void> {
  await tx.sql.run("UPDATE conversations SET state = ? WHERE id = ?", [state, id]);
  tx.changed("conversations", `messages:${id}`);
}

/**
 * Something happened there: it leads the list, `now` beside it. The order is a number of its own: a
 * clock that was wrong would keep it there.
 */
export async function noteActive(tx: Tx, id: string, now: number): Promise<void> {
  await tx.sql.run(
    "UPDATE conversations SET active_at = ?, active_order = (SELECT max(active_order) + 1 FROM conversations) WHERE id = ?",
    [now, id],
  );
}

/** The stores that conversations live at. */
export async function listStores(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT DISTINCT store FROM conversations")).map((row) => textIn(row, "store"));
}

/** The conversations at a store, and whether this device is in them. */
export async function listConversationsAt(tx: Tx, store: string): Promise<(Conversation & { isIn: boolean })[]> {
  const rows = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE store = ?`, [store]);
  return rows
    .map(conversationFromRow)
    .map((one) => ({ ...one, isIn: one.state === "ready" || one.state === "rejoining" }));
}

/** What was bound to a store at one address is bound to another. */
export async function moveConversations(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE conversations SET store = ? WHERE store = ?", [to, from]);
}

/** What lists and timers need of a group's rules, without its state. */
export async function saveRules(tx: Tx, id: string, rules: { timer: number; isWritable: boolean }): Promise<void> {
  await tx.sql.run("UPDATE conversations SET timer = ?, writable = ? WHERE id = ?", [
    rules.timer,
    rules.isWritable ? 1 : 0,
    id,
  ]);
  tx.changed("conversations");
}

/** After how many seconds what is written there now disappears; 0: it stays. */
export async function timerOf(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.sql.all("SELECT timer FROM conversations WHERE id = ?", [id]);
  return numberIn(row ?? {}, "timer");
}

/** The streams of the send queue in which the cells of conversations leave, in order. */
export const CONVERSATION_STREAM = "conversation";
export const streamOf = (conversation: string): string => `${CONVERSATION_STREAM} ${conversation}`;
