import { MAX_RECEIPT_IDS } from "@pli/protocol/content";
import type { Context, Unit } from "../core/context.ts";
import { numberIn, textIn } from "../storage/row.ts";
import { idBytes } from "./conversations.ts";
import type { Sending } from "./sending.ts";

/**
 * Receipts wait a random while and leave together (attacks.md, 1, 3 and 4): only for messages that are shown, only to a
 * contact, never at a moment that tells when a message came or was read.
 */
export interface Receipts {
  /** A message to show has come, or was read. */
  note(unit: Unit, conversation: string, messages: readonly string[], kind: "delivered" | "read"): Promise<void>;
  /** Sets the timer for what waits since an earlier run. */
  resume(unit: Unit): Promise<void>;
  close(): void;
}

export function createReceipts(context: Context, sending: Sending): Receipts {
  const { crypto, clock, options } = context;
  let cancel = (): void => {};
  let dueAt = Number.POSITIVE_INFINITY;

  async function note(
    unit: Unit,
    conversation: string,
    messages: readonly string[],
    kind: "delivered" | "read",
  ): Promise<void> {
    const [shortest, longest] = options.receiptDelay;
    const random = crypto.random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;
    const due = clock.now() + Math.round(shortest + random * (longest - shortest));
    for (const message of messages) {
      await unit.sql.run("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?)", [conversation, message, kind, due]);
    }
    if (messages.length > 0) unit.after(() => wakeAt(due));
  }

  function wakeAt(due: number): void {
    if (due >= dueAt) return;
    cancel();
    dueAt = due;
    cancel = clock.after(Math.max(0, due - clock.now()), () => {
      dueAt = Number.POSITIVE_INFINITY;
      void context.transact(flush).catch(() => undefined);
    });
  }

  /** Sends what waits in every conversation where something is due: one message for all of it. */
  async function flush(unit: Unit): Promise<void> {
    const due = await unit.sql.all("SELECT DISTINCT conversation FROM receipts WHERE due_at <= ?", [clock.now()]);
    for (const row of due) await flushConversation(unit, textIn(row, "conversation"));
    await resume(unit);
  }

  async function flushConversation(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all("SELECT message, kind FROM receipts WHERE conversation = ? LIMIT ?", [
      conversation,
      MAX_RECEIPT_IDS,
    ]);
    const ids = (kind: string): Uint8Array[] =>
      rows.filter((row) => row["kind"] === kind).map((row) => idBytes(textIn(row, "message")));
    const read = ids("read");
    await sending.enqueue(unit, conversation, "receipt", { kind: "receipt", delivered: ids("delivered"), read });
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

  return { note, resume, close: () => cancel() };
}
