import { MAX_RIDING_IDS, type Acknowledged } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { idBytes } from "../../epochs/conversations.ts";
import {
  deleteDelivered,
  deleteReceipts,
  deleteReceiptsOfKind,
  insertReceipt,
  listReceipts,
  listWithReceipts,
} from "./receipts.table.ts";

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
  /** Another device of this person has said it. */
  saidElsewhere(tx: Tx, conversation: string, said: Acknowledged): Promise<void>;
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

  async function insert(
    tx: Tx,
    conversation: Contact["conversation"],
    messages: readonly string[],
    kind: "delivered" | "read",
  ): Promise<void> {
    for (const message of messages) await insertReceipt(tx, { conversation, message, kind, at: clock.now() });
    if (messages.length > 0) tx.after(() => listeners.forEach((listener) => listener()));
  }

  async function take(tx: Tx, conversation: string, most = MAX_RIDING_IDS): Promise<Acknowledged | undefined> {
    if (options.receiptSlots === "never") return undefined;
    const taken = await listReceipts(tx, conversation, most);
    if (taken.length === 0) return undefined;
    for (const { message } of taken) await deleteReceipts(tx, conversation, message);
    const idsOf = (wanted: "delivered" | "read"): Uint8Array[] =>
      taken.filter(({ kind }) => kind === wanted).map(({ message }) => idBytes(message));
    return { delivered: idsOf("delivered"), read: idsOf("read") };
  }

  async function putBack(tx: Tx, conversation: string, { delivered, read }: Acknowledged): Promise<void> {
    await insert(tx, conversation, delivered.map(toHex), "delivered");
    await insert(tx, conversation, read.map(toHex), "read");
  }

  async function saidElsewhere(tx: Tx, conversation: string, { delivered, read }: Acknowledged): Promise<void> {
    for (const id of delivered) await deleteDelivered(tx, conversation, toHex(id));
    for (const id of read) await deleteReceipts(tx, conversation, toHex(id));
  }

  return {
    onNoted: (listener) => void listeners.push(listener),
    note,
    waiting: listWithReceipts,
    take,
    putBack,
    saidElsewhere,
    drop: deleteReceiptsOfKind,
  };
}
