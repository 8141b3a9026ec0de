import { MAX_RECEIPT_IDS } from "@pli/protocol/content";
import { fractionFrom } from "../core/chance.ts";
import type { Context, Unit } from "../core/context.ts";
import type { Contacts } from "../profile/contacts.ts";
import { numberIn, textIn } from "../storage/row.ts";
import { idBytes, streamOf } from "./conversations.ts";
import type { Sending } from "./sending.ts";

const RETRY_MS = 10_000;

/**
 * Receipts wait a random while and leave together (attacks.md, 1, 3 and 4): only for messages that are shown, only to a
 * contact, never at a moment that tells when a message came or was read.
 */
export interface Receipts {
  /** Messages of this author are here, or were read: they are told between the two, wherever it was; nobody else is. */
  note(unit: Unit, author: string, messages: readonly string[], kind: "delivered" | "read"): Promise<void>;
  /** Nothing of this kind (or at all) is said any more about a conversation (or any). */
  drop(unit: Unit, p: { conversation: string } | { kind: "read" }): Promise<void>;
  /** Sets the timer for what waits since an earlier run. */
  resume(unit: Unit): Promise<void>;
}

interface ReceiptsParts {
  readonly contacts: Contacts;
  readonly sending: Sending;
}

export function createReceipts(context: Context, { contacts, sending }: ReceiptsParts): Receipts {
  const { crypto, clock, options } = context;
  let cancel = (): void => {};
  let dueAt = Number.POSITIVE_INFINITY;

  async function note(
    unit: Unit,
    author: string,
    messages: readonly string[],
    kind: "delivered" | "read",
  ): Promise<void> {
    const contact = await contacts.find(unit, author);
    if (contact === undefined || contact.blocked) return;
    const [shortest, longest] = options.receiptDelay;
    const due = clock.now() + Math.round(shortest + fractionFrom(crypto.random(4)) * (longest - shortest));
    for (const message of messages) {
      await unit.sql.run("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?)", [
        contact.conversation,
        message,
        kind,
        due,
      ]);
    }
    if (messages.length > 0) unit.after(() => wakeAt(due));
  }

  function wakeAt(due: number): void {
    if (due >= dueAt) return;
    cancel();
    dueAt = due;
    cancel = clock.after(Math.min(Math.max(0, due - clock.now()), options.receiptDelay[1]), () => {
      dueAt = Number.POSITIVE_INFINITY;
      void context.transact(flush).catch(() => wakeAt(clock.now() + RETRY_MS));
    });
  }

  /** Sends what waits in every conversation where something is due: one message for all of it. */
  async function flush(unit: Unit): Promise<void> {
    // Whoever put the clock back does not keep receipts waiting for years.
    const [now, farthest] = [clock.now(), clock.now() + options.receiptDelay[1]];
    const some = "SELECT DISTINCT conversation FROM receipts WHERE due_at <= ? OR due_at > ?";
    const due = await unit.sql.all(some, [now, farthest]);
    for (const row of due) await flushConversation(unit, textIn(row, "conversation"));
    await resume(unit);
  }

  async function flushConversation(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all("SELECT message, kind FROM receipts WHERE conversation = ? LIMIT ?", [
      conversation,
      MAX_RECEIPT_IDS,
    ]);
    const ids = (kind: string): string[] =>
      rows.filter((row) => row["kind"] === kind).map((row) => textIn(row, "message"));
    const read = new Set(ids("read"));
    const delivered = ids("delivered").filter((id) => !read.has(id));
    const receipt = { kind: "receipt", delivered: delivered.map(idBytes), read: [...read].map(idBytes) } as const;
    if (rows.length > 0) await sending.enqueue(unit, conversation, "receipt", receipt);
    for (const row of rows) {
      await unit.sql.run("DELETE FROM receipts WHERE conversation = ? AND message = ? AND kind = ?", [
        conversation,
        textIn(row, "message"),
        textIn(row, "kind"),
      ]);
    }
  }

  async function resume(unit: Unit): Promise<void> {
    const [row] = await unit.sql.all("SELECT min(due_at) AS due FROM receipts");
    if (typeof row?.["due"] === "number") {
      const due = numberIn(row, "due");
      unit.after(() => wakeAt(due));
    }
  }

  async function drop(unit: Unit, p: { conversation: string } | { kind: "read" }): Promise<void> {
    if ("kind" in p) return unit.sql.run("DELETE FROM receipts WHERE kind = ?", [p.kind]);
    await unit.sql.run("DELETE FROM receipts WHERE conversation = ?", [p.conversation]);
    await unit.sql.run("DELETE FROM outbox WHERE stream = ? AND purpose = 'receipt'", [streamOf(p.conversation)]);
  }

  return { note, drop, resume };
}
