import type { MessageState, MessageView } from "../../api/api.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ErrorCode } from "../../runtime/errors.ts";
import type { Profiles } from "../../people/profile.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { indexMessage } from "../../runtime/storage/search-index.ts";
import { noteActive, timerOf } from "../../epochs/conversations.table.ts";
import type { Disappearing } from "../disappearing/disappearing.ts";
import { endOf, lifetimeOf } from "../disappearing/lifetimes.ts";
import { NEWS, type NewMessage } from "./lines.ts";
import { MESSAGES, messageFromRow } from "./message-views.ts";
import { createNotes, touch, type Notes } from "./notes.ts";

/**
 * One of ours that has not left: when it was written, and the lifetime that it claims, in seconds.
 */
interface Unsent {
  readonly id: string;
  readonly sentAt: number;
  readonly claimed: number | undefined;
}

/** From what it was on to what it may become: a state never goes back. */
const RANK: Readonly<Record<string, number>> = { failed: 0, saved: 1, sent: 2, delivered: 3, read: 4 };

/** The messages of all conversations, in the order they came to this device. */
export interface Messages extends Notes {
  /**
   * Undefined when it is here already, as a second copy is dropped; and when its time was over
   * before it came.
   */
  insert(tx: Tx, message: NewMessage): Promise<MessageView | undefined>;
  find(tx: Tx, id: string): Promise<MessageView | undefined>;
  isHere(tx: Tx, conversation: string, id: string): Promise<boolean>;
  /** A message that came from somebody else has come from its author too. */
  confirm(tx: Tx, conversation: string, id: string): Promise<void>;
  /** A message was sealed under this epoch too: `epoch` is its id here. */
  saidIn(tx: Tx, conversation: string, id: string, epoch: number): Promise<void>;
  /** What an earlier call of this name has written. */
  ofRequest(tx: Tx, conversation: string, request: string): Promise<MessageView | undefined>;
  /** Moves our own messages on; those that are further already stay. */
  advance(tx: Tx, conversation: string, ids: readonly string[], state: MessageState): Promise<void>;
  /** Somebody says that they have, or have read, these messages of ours, wherever we wrote them. */
  acknowledge(tx: Tx, by: string, ids: readonly string[], state: "delivered" | "read"): Promise<void>;
  fail(tx: Tx, id: string, error: ErrorCode): Promise<void>;
  /** Nothing that was not sent yet will leave. */
  failAll(tx: Tx, conversation: string, error: ErrorCode): Promise<void>;
}

export function createMessages(context: Context, deps: { profiles: Profiles; disappearing: Disappearing }): Messages {
  const { clock } = context;

  async function insert(tx: Tx, message: NewMessage): Promise<MessageView | undefined> {
    const { conversation, kind, text } = message;
    const expiresAt = endNow(message);
    if (expiresAt !== null && expiresAt <= clock.now()) return undefined;
    const order = await insertRow(tx, message, expiresAt);
    if (order === undefined) return undefined;
    if (kind === "text") await indexMessage(tx.sql, order, text);
    if (expiresAt !== null) deps.disappearing.note(tx, expiresAt);
    if (await isNews(tx, order)) await noteActive(tx, conversation, clock.now());
    touch(tx, conversation);
    return one(tx, "m.ord = ?", [order]);
  }

  const isNews = async (tx: Tx, order: number): Promise<boolean> =>
    (await tx.sql.all(`SELECT 1 FROM messages m WHERE m.ord = ? AND ${NEWS}`, [order])).length > 0;

  function endNow({ sentAt, lifetime, state, isTold }: NewMessage): number | null {
    if (lifetime === undefined || state === "saved") return null;
    return endOf({ sentAt, lifetime, now: clock.now(), isTold: isTold === true });
  }

  /**
   * It has left, or never will: its time begins, by the rules of now, under which it was sealed.
   */
  async function begin(tx: Tx, conversation: string, { id, sentAt, claimed }: Unsent): Promise<void> {
    const lifetime = lifetimeOf(claimed, await timerOf(tx, conversation));
    if (lifetime === undefined) return;
    const expiresAt = endOf({ sentAt, lifetime, now: clock.now(), isTold: false });
    await tx.sql.run("UPDATE messages SET lifetime = ?, expires_at = ? WHERE conversation = ? AND id = ?", [
      lifetime,
      expiresAt,
      conversation,
      id,
    ]);
    deps.disappearing.note(tx, expiresAt);
  }

  async function findUnsent(tx: Tx, conversation: string, id: string): Promise<Unsent | undefined> {
    const unsent =
      "SELECT sent_at, lifetime FROM messages WHERE conversation = ? AND id = ? AND mine AND state = 'saved'";
    const [row] = await tx.sql.all(unsent, [conversation, id]);
    if (row === undefined) return undefined;
    const claimed = typeof row["lifetime"] === "number" ? row["lifetime"] : undefined;
    return { id, sentAt: numberIn(row, "sent_at"), claimed };
  }

  async function confirm(tx: Tx, conversation: string, id: string): Promise<void> {
    const told = "conversation = ? AND id = ? AND told_by IS NOT NULL";
    const rows = await tx.sql.all(`UPDATE messages SET told_by = NULL WHERE ${told} RETURNING ord`, [conversation, id]);
    if (rows.length > 0) touch(tx, conversation);
  }

  async function one(tx: Tx, where: string, values: (string | number)[]): Promise<MessageView | undefined> {
    const [row] = await tx.sql.all(`${MESSAGES} WHERE ${where}`, values);
    return row === undefined ? undefined : view(tx, row);
  }

  async function view(tx: Tx, row: SqlRow): Promise<MessageView> {
    return messageFromRow(row, (await deps.profiles.self(tx)).name);
  }

  async function advance(tx: Tx, conversation: string, ids: readonly string[], state: MessageState): Promise<void> {
    const lower = Object.keys(RANK).filter((other) => (RANK[other] ?? 0) < (RANK[state] ?? 0));
    const marks = lower.map(() => "?").join(", ");
    for (const id of ids) {
      const unsent = state === "saved" ? undefined : await findUnsent(tx, conversation, id);
      await tx.sql.run(
        `UPDATE messages SET state = ?, error = NULL
         WHERE conversation = ? AND id = ? AND mine AND state IN (${marks})`,
        [state, conversation, id, ...lower],
      );
      if (unsent !== undefined) await begin(tx, conversation, unsent);
    }
    touch(tx, conversation);
  }

  async function acknowledge(tx: Tx, by: string, ids: readonly string[], state: "delivered" | "read"): Promise<void> {
    for (const id of ids) {
      const rows = await tx.sql.all(
        `SELECT c.id, c.kind FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.id = ? AND m.mine AND (c.kind = 'group' OR c.contact = ?)`,
        [id, by],
      );
      for (const row of rows) {
        if (row["kind"] === "group") await mark(tx, textIn(row, "id"), { message: id, by, state });
        else await advance(tx, textIn(row, "id"), [id], state);
      }
    }
  }

  async function mark(
    tx: Tx,
    conversation: string,
    { message, by, state }: { message: string; by: string; state: "delivered" | "read" },
  ): Promise<void> {
    await tx.sql.run(
      `INSERT INTO marks (message, profile, state) VALUES (?, ?, ?)
       ON CONFLICT (message, profile) DO UPDATE SET state = excluded.state WHERE state = 'delivered'`,
      [message, by, state],
    );
    // A receipt shows that it left. A device that was restored from a backup does not know that.
    await advance(tx, conversation, [message], "sent");
  }

  async function fail(tx: Tx, id: string, error: ErrorCode): Promise<void> {
    for (const row of await tx.sql.all("SELECT conversation FROM messages WHERE id = ?", [id])) {
      const conversation = textIn(row, "conversation");
      const unsent = await findUnsent(tx, conversation, id);
      await tx.sql.run("UPDATE messages SET state = 'failed', error = ? WHERE id = ?", [error, id]);
      if (unsent !== undefined) await begin(tx, conversation, unsent);
      touch(tx, conversation);
    }
  }

  async function failAll(tx: Tx, conversation: string, error: ErrorCode): Promise<void> {
    const pending = "conversation = ? AND mine AND state = 'saved'";
    for (const row of await tx.sql.all(`SELECT id FROM messages WHERE ${pending}`, [conversation]))
      await fail(tx, textIn(row, "id"), error);
    touch(tx, conversation);
  }

  async function isHere(tx: Tx, conversation: string, id: string): Promise<boolean> {
    return (
      (await tx.sql.all("SELECT 1 FROM messages WHERE id = ? AND conversation = ?", [id, conversation])).length > 0
    );
  }

  const newest = (tx: Tx, conversation: string): Promise<MessageView | undefined> =>
    one(tx, "m.conversation = ? ORDER BY m.ord DESC LIMIT 1", [conversation]);

  return {
    insert,
    isHere,
    confirm,
    saidIn,
    find: (tx, id) => one(tx, "m.id = ?", [id]),
    ofRequest: (tx, conversation, request) => one(tx, "m.conversation = ? AND m.request = ?", [conversation, request]),
    advance,
    acknowledge,
    fail,
    failAll,
    ...createNotes(context, { insert, isHere, newest }),
  };
}

function saidIn(tx: Tx, conversation: string, id: string, epoch: number): Promise<void> {
  const later = "UPDATE messages SET epoch = max(coalesce(epoch, 0), ?) WHERE conversation = ? AND id = ?";
  return tx.sql.run(later, [epoch, conversation, id]);
}

/** Its order; undefined when a message of this id is there already. */
async function insertRow(tx: Tx, message: NewMessage, expiresAt: number | null): Promise<number | undefined> {
  const { id, conversation, sender, mine, kind, text, content, sentAt, state, epoch, request, toldBy, lifetime } =
    message;
  const [row] = await tx.sql.all(
    `INSERT OR IGNORE INTO messages
       (id, conversation, sender, mine, kind, text, content, sent_at, state, epoch, request, told_by, lifetime, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ord`,
    [
      id,
      conversation,
      sender,
      mine ? 1 : 0,
      kind,
      text,
      content ?? null,
      sentAt,
      state,
      epoch ?? null,
      request ?? null,
      toldBy ?? null,
      lifetime ?? null,
      expiresAt,
    ],
  );
  return row && numberIn(row, "ord");
}
