import { MAX_RIDING_IDS, type Acknowledged } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { textIn } from "../../runtime/storage/row.ts";
import { idBytes } from "../../epochs/conversations.ts";

/**
 * Receipts that wait: only for messages that are shown, only for a contact. They leave in what is
 * written to that contact anyway, or at a slot that does not depend on them: never at a moment that
 * tells when a message came or was read.
 */
export interface Receipts {
  /** Registers what is done once some wait that did not before. */
  onNoted(listener: () => void): void;
  /**
   * Messages of this author are here, or were read: their author hears it between the two, wherever
   * it was; nobody else is. While they are blocked it waits.
   */
  note(tx: Tx, author: string, messages: readonly string[], kind: "delivered" | "read"): Promise<void>;
  /** The conversations of this store where some wait, the longest waiting first. */
  waiting(tx: Tx, store: string): Promise<string[]>;
  /**
   * Takes up to `most` of those that wait in a conversation, the longest waiting first.
   */
  take(tx: Tx, conversation: string, most?: number): Promise<Acknowledged | undefined>;
  /** What they were to leave in does not: they wait again. */
  putBack(tx: Tx, conversation: string, taken: Acknowledged): Promise<void>;
  /** Nothing of this kind is said any more. */
  drop(tx: Tx, kind: "read"): Promise<void>;
}

export function createReceipts(context: Context, deps: { contacts: Contacts }): Receipts {
  const { clock, options } = context;
  const listeners: (() => void)[] = [];

  async function note(tx: Tx, author: string, messages: readonly string[], kind: "delivered" | "read"): Promise<void> {
    const contact = await deps.contacts.find(tx, author);
    if (contact === undefined) return;
    await insert(tx, contact.conversation, messages, kind);
  }

  /** In the column `due_at` stands since when it waits. */
  async function insert(
    tx: Tx,
    conversation: Contact["conversation"],
    messages: readonly string[],
    kind: "delivered" | "read",
  ): Promise<void> {
    for (const message of messages) {
      const row = [conversation, message, kind, clock.now()];
      await tx.sql.run("INSERT OR IGNORE INTO receipts (conversation, message, kind, due_at) VALUES (?, ?, ?, ?)", row);
    }
    if (messages.length > 0) tx.after(() => listeners.forEach((listener) => listener()));
  }

  async function waiting(tx: Tx, store: string): Promise<string[]> {
    const rows = await tx.sql.all(
      `SELECT conversation FROM receipts r JOIN conversations c ON c.id = r.conversation
       WHERE c.store = ? GROUP BY conversation ORDER BY min(due_at), conversation`,
      [store],
    );
    return rows.map((row) => textIn(row, "conversation"));
  }

  /** What was read has arrived: that is not said as well. */
  async function take(tx: Tx, conversation: string, most = MAX_RIDING_IDS): Promise<Acknowledged | undefined> {
    if (options.receiptSlots === "never") return undefined;
    const rows = await tx.sql.all(
      `SELECT message, max(kind) AS kind FROM receipts WHERE conversation = ?
       GROUP BY message ORDER BY min(due_at), message LIMIT ?`,
      [conversation, most],
    );
    if (rows.length === 0) return undefined;
    const ids = (kind: string): string[] =>
      rows.filter((row) => row["kind"] === kind).map((row) => textIn(row, "message"));
    for (const row of rows) {
      const taken = [conversation, textIn(row, "message")];
      await tx.sql.run("DELETE FROM receipts WHERE conversation = ? AND message = ?", taken);
    }
    return { delivered: ids("delivered").map(idBytes), read: ids("read").map(idBytes) };
  }

  async function putBack(tx: Tx, conversation: string, { delivered, read }: Acknowledged): Promise<void> {
    await insert(tx, conversation, delivered.map(toHex), "delivered");
    await insert(tx, conversation, read.map(toHex), "read");
  }

  return {
    onNoted: (listener) => void listeners.push(listener),
    note,
    waiting,
    take,
    putBack,
    drop: (tx, kind) => tx.sql.run("DELETE FROM receipts WHERE kind = ?", [kind]),
  };
}
