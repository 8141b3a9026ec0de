import { toHex } from "@pli/protocol/crypto";
import type { MessageBody, MessageState, MessageView } from "../../api/api.ts";
import type { Context, Unit } from "../../runtime/context.ts";
import type { ErrorCode } from "../../runtime/errors.ts";
import type { Profiles } from "../../people/profile.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { indexMessage } from "../../runtime/storage/search-index.ts";
import { noteActive, timerOf } from "../../epochs/conversations.ts";
import type { Disappearing } from "../disappearing/disappearing.ts";
import { endOf, lifetimeOf } from "../disappearing/lifetimes.ts";
import { MESSAGES, NEWS, messageFromRow } from "./message-views.ts";

/**
 * A message to keep. `text` holds what its kind needs: the text, the number of a gap, the names or
 * the JSON of a change.
 */
export interface NewMessage {
  readonly id: string;
  readonly conversation: string;
  readonly sender: string;
  readonly mine: boolean;
  readonly kind: MessageBody["kind"];
  readonly text: string;
  readonly content?: Uint8Array;
  readonly sentAt: number;
  readonly state: MessageState;
  /** The name of the call that wrote it. */
  readonly request?: string;
  /** Who says that its author wrote it, when it did not come from them. */
  readonly toldBy?: string;
  /**
   * After how many seconds it disappears. What was not sent yet has no end: its time begins when it
   * leaves.
   */
  readonly lifetime?: number | undefined;
  /** It was here before: somebody tells what others have read already. */
  readonly isTold?: true;
}

/**
 * One of ours that has not left: when it was written, and the lifetime that it claims, in seconds.
 */
interface Unsent {
  readonly id: string;
  readonly sentAt: number;
  readonly claimed: number | undefined;
}

/** One line tells of all that was not kept of one author in so long. */
const HELD_MS = 86_400_000;

/** The line, since when it tells, and of how much. */
interface Held {
  readonly line: string;
  readonly since: number;
  readonly count: number;
  readonly bytes: number;
}

/** From what it was on to what it may become: a state never goes back. */
const RANK: Readonly<Record<string, number>> = { failed: 0, saved: 1, sent: 2, delivered: 3, read: 4 };

/** The messages of all conversations, in the order they came to this device. */
export interface Messages {
  /**
   * Undefined when it is here already, the second copy of a message is dropped; and when its time
   * was over before it was told of.
   */
  insert(unit: Unit, message: NewMessage): Promise<MessageView | undefined>;
  find(unit: Unit, id: string): Promise<MessageView | undefined>;
  isHere(unit: Unit, conversation: string, id: string): Promise<boolean>;
  /** What was only told has come from its author. */
  confirm(unit: Unit, conversation: string, id: string): Promise<void>;
  /** What an earlier call of this name has written. */
  ofRequest(unit: Unit, conversation: string, request: string): Promise<MessageView | undefined>;
  /** Moves our own messages on; those that are further already stay. */
  advance(unit: Unit, conversation: string, ids: readonly string[], state: MessageState): Promise<void>;
  /** Somebody says that they have, or have read, these messages of ours, wherever we wrote them. */
  acknowledge(unit: Unit, by: string, ids: readonly string[], state: "delivered" | "read"): Promise<void>;
  fail(unit: Unit, id: string, error: ErrorCode): Promise<void>;
  /** Nothing that was not sent yet will leave. */
  failAll(unit: Unit, conversation: string, error: ErrorCode): Promise<void>;
  /** A line of the history that nobody wrote: paired, a gap, set up again. */
  note(unit: Unit, conversation: string, kind: MessageBody["kind"], text?: string): Promise<void>;
  /** Somebody has another name; several names one after another are one line. */
  noteRenamed(unit: Unit, conversation: string, by: string, names: { from: string; to: string }): Promise<void>;
  /** So many messages are missing at this place; one line for all that follow each other. */
  noteGap(unit: Unit, conversation: string, missing: number): Promise<void>;
  /**
   * So many messages of this author came while they were blocked; one line a day for all of them.
   */
  noteBlocked(unit: Unit, conversation: string, sender: string, count: number): Promise<void>;
  /** So much of this author was not kept; one line a day for all of it. */
  noteHeld(unit: Unit, conversation: string, sender: string, bytes: number): Promise<void>;
  /**
   * This device was away longer than the store keeps messages, so many days; twice without a
   * message in between is one line.
   */
  noteAway(unit: Unit, conversation: string, days: number): Promise<void>;
  /** The conversation was set up again; twice without a message in between is one line. */
  noteRejoined(unit: Unit, conversation: string): Promise<void>;
}

export function createMessages(context: Context, p: { profiles: Profiles; disappearing: Disappearing }): Messages {
  const { budgets, crypto, clock } = context;

  async function insert(unit: Unit, message: NewMessage): Promise<MessageView | undefined> {
    const { id, conversation, sender, mine, kind, text, content, sentAt, state, request, toldBy, lifetime } = message;
    const expiresAt = endNow(message);
    if (expiresAt !== null && expiresAt <= clock.now()) return undefined;
    const [row] = await unit.sql.all(
      `INSERT OR IGNORE INTO messages
         (id, conversation, sender, mine, kind, text, content, sent_at, state, request, told_by, lifetime, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ord`,
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
        request ?? null,
        toldBy ?? null,
        lifetime ?? null,
        expiresAt,
      ],
    );
    if (row === undefined) return undefined;
    const order = numberIn(row, "ord");
    if (kind === "text") await indexMessage(unit.sql, order, text);
    if (expiresAt !== null) p.disappearing.note(unit, expiresAt);
    if (await isNews(unit, order)) await noteActive(unit, conversation, clock.now());
    touch(unit, conversation);
    return one(unit, "m.ord = ?", [order]);
  }

  const isNews = async (unit: Unit, order: number): Promise<boolean> =>
    (await unit.sql.all(`SELECT 1 FROM messages m WHERE m.ord = ? AND ${NEWS}`, [order])).length > 0;

  function endNow({ sentAt, lifetime, state, isTold }: NewMessage): number | null {
    if (lifetime === undefined || state === "saved") return null;
    return endOf({ sentAt, lifetime, now: clock.now(), isTold: isTold === true });
  }

  /** It has left, or will not: its time begins, by the rules of now, under which it was sealed. */
  async function begin(unit: Unit, conversation: string, { id, sentAt, claimed }: Unsent): Promise<void> {
    const lifetime = lifetimeOf(claimed, await timerOf(unit, conversation));
    if (lifetime === undefined) return;
    const expiresAt = endOf({ sentAt, lifetime, now: clock.now(), isTold: false });
    await unit.sql.run("UPDATE messages SET lifetime = ?, expires_at = ? WHERE conversation = ? AND id = ?", [
      lifetime,
      expiresAt,
      conversation,
      id,
    ]);
    p.disappearing.note(unit, expiresAt);
  }

  async function findUnsent(unit: Unit, conversation: string, id: string): Promise<Unsent | undefined> {
    const unsent =
      "SELECT sent_at, lifetime FROM messages WHERE conversation = ? AND id = ? AND mine AND state = 'saved'";
    const [row] = await unit.sql.all(unsent, [conversation, id]);
    if (row === undefined) return undefined;
    const claimed = typeof row["lifetime"] === "number" ? row["lifetime"] : undefined;
    return { id, sentAt: numberIn(row, "sent_at"), claimed };
  }

  async function confirm(unit: Unit, conversation: string, id: string): Promise<void> {
    const told = "conversation = ? AND id = ? AND told_by IS NOT NULL";
    const rows = await unit.sql.all(`UPDATE messages SET told_by = NULL WHERE ${told} RETURNING ord`, [
      conversation,
      id,
    ]);
    if (rows.length > 0) touch(unit, conversation);
  }

  async function one(unit: Unit, where: string, values: (string | number)[]): Promise<MessageView | undefined> {
    const [row] = await unit.sql.all(`${MESSAGES} WHERE ${where}`, values);
    return row === undefined ? undefined : view(unit, row);
  }

  async function view(unit: Unit, row: SqlRow): Promise<MessageView> {
    return messageFromRow(row, (await p.profiles.find(unit))?.card.name ?? "");
  }

  async function advance(unit: Unit, conversation: string, ids: readonly string[], state: MessageState): Promise<void> {
    const lower = Object.keys(RANK).filter((other) => (RANK[other] ?? 0) < (RANK[state] ?? 0));
    const marks = lower.map(() => "?").join(", ");
    for (const id of ids) {
      const unsent = state === "saved" ? undefined : await findUnsent(unit, conversation, id);
      await unit.sql.run(
        `UPDATE messages SET state = ?, error = NULL
         WHERE conversation = ? AND id = ? AND mine AND state IN (${marks})`,
        [state, conversation, id, ...lower],
      );
      if (unsent !== undefined) await begin(unit, conversation, unsent);
    }
    touch(unit, conversation);
  }

  async function acknowledge(
    unit: Unit,
    by: string,
    ids: readonly string[],
    state: "delivered" | "read",
  ): Promise<void> {
    for (const id of ids) {
      const rows = await unit.sql.all(
        `SELECT c.id, c.kind FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.id = ? AND m.mine AND (c.kind = 'group' OR c.contact = ?)`,
        [id, by],
      );
      for (const row of rows) {
        if (row["kind"] === "group") await mark(unit, textIn(row, "id"), { message: id, by, state });
        else await advance(unit, textIn(row, "id"), [id], state);
      }
    }
  }

  async function mark(
    unit: Unit,
    conversation: string,
    { message, by, state }: { message: string; by: string; state: "delivered" | "read" },
  ): Promise<void> {
    await unit.sql.run(
      `INSERT INTO marks (message, profile, state) VALUES (?, ?, ?)
       ON CONFLICT (message, profile) DO UPDATE SET state = excluded.state WHERE state = 'delivered'`,
      [message, by, state],
    );
    // Whoever has it shows that it got out: a device put back to before does not know that it sent
    // it.
    await advance(unit, conversation, [message], "sent");
  }

  async function fail(unit: Unit, id: string, error: ErrorCode): Promise<void> {
    for (const row of await unit.sql.all("SELECT conversation FROM messages WHERE id = ?", [id])) {
      const conversation = textIn(row, "conversation");
      const unsent = await findUnsent(unit, conversation, id);
      await unit.sql.run("UPDATE messages SET state = 'failed', error = ? WHERE id = ?", [error, id]);
      if (unsent !== undefined) await begin(unit, conversation, unsent);
      touch(unit, conversation);
    }
  }

  async function failAll(unit: Unit, conversation: string, error: ErrorCode): Promise<void> {
    const pending = "conversation = ? AND mine AND state = 'saved'";
    for (const row of await unit.sql.all(`SELECT id FROM messages WHERE ${pending}`, [conversation]))
      await fail(unit, textIn(row, "id"), error);
    touch(unit, conversation);
  }

  async function note(unit: Unit, conversation: string, kind: MessageBody["kind"], text = ""): Promise<void> {
    const id = toHex(crypto.random(16));
    const sentAt = clock.now();
    await insert(unit, { id, conversation, sender: "", mine: false, kind, text, sentAt, state: "received" });
  }

  async function noteRenamed(
    unit: Unit,
    conversation: string,
    by: string,
    { from, to }: { from: string; to: string },
  ): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind === "renamed" && last.body.to === from) {
      await unit.sql.run("UPDATE messages SET text = ? WHERE ord = ?", [`${last.body.from}\n${to}`, last.order]);
      touch(unit, conversation);
    } else if (await budgets.take(unit, "lines", by)) await note(unit, conversation, "renamed", `${from}\n${to}`);
  }

  async function noteGap(unit: Unit, conversation: string, missing: number): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind !== "gap") return note(unit, conversation, "gap", String(missing));
    const count = String(last.body.count + missing);
    await unit.sql.run("UPDATE messages SET text = ? WHERE ord = ?", [count, last.order]);
    touch(unit, conversation);
  }

  const noteHeld = (unit: Unit, conversation: string, sender: string, bytes: number): Promise<void> =>
    noteDropped(unit, { conversation, sender, kind: "held" }, { count: 1, bytes });

  const noteBlocked = (unit: Unit, conversation: string, sender: string, more: number): Promise<void> =>
    noteDropped(unit, { conversation, sender, kind: "blocked" }, { count: more, bytes: 0 });

  async function noteDropped(
    unit: Unit,
    { conversation, sender, kind }: { conversation: string; sender: string; kind: "held" | "blocked" },
    more: { count: number; bytes: number },
  ): Promise<void> {
    const key = `${kind} ${sender} ${conversation}`;
    const now = clock.now();
    const known = await findMeta<Held>(unit, key);
    const isOpen =
      known !== undefined && clock.since(known.since) < HELD_MS && (await isHere(unit, conversation, known.line));
    const line = isOpen ? known : { line: toHex(crypto.random(16)), since: now, count: 0, bytes: 0 };
    const next: Held = { ...line, count: line.count + more.count, bytes: line.bytes + more.bytes };
    await saveMeta(unit, key, next);
    const text = kind === "held" ? JSON.stringify({ count: next.count, bytes: next.bytes }) : String(next.count);
    if (isOpen)
      await unit.sql.run("UPDATE messages SET text = ? WHERE id = ? AND conversation = ?", [
        text,
        next.line,
        conversation,
      ]);
    else
      await insert(unit, {
        id: next.line,
        conversation,
        sender,
        mine: false,
        kind,
        text,
        sentAt: now,
        state: "received",
      });
    touch(unit, conversation);
  }

  async function isHere(unit: Unit, conversation: string, id: string): Promise<boolean> {
    return (
      (await unit.sql.all("SELECT 1 FROM messages WHERE id = ? AND conversation = ?", [id, conversation])).length > 0
    );
  }

  async function noteAway(unit: Unit, conversation: string, days: number): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind !== "away") await note(unit, conversation, "away", String(days));
  }

  async function noteRejoined(unit: Unit, conversation: string): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind !== "rejoined") await note(unit, conversation, "rejoined");
  }

  const newest = (unit: Unit, conversation: string): Promise<MessageView | undefined> =>
    one(unit, "m.conversation = ? ORDER BY m.ord DESC LIMIT 1", [conversation]);

  return {
    insert,
    isHere,
    confirm,
    find: (unit, id) => one(unit, "m.id = ?", [id]),
    ofRequest: (unit, conversation, request) =>
      one(unit, "m.conversation = ? AND m.request = ?", [conversation, request]),
    advance,
    acknowledge,
    fail,
    failAll,
    note,
    noteRenamed,
    noteGap,
    noteHeld,
    noteBlocked,
    noteAway,
    noteRejoined,
  };
}

function touch(unit: Unit, conversation: string): void {
  unit.changed(`messages:${conversation}`, "conversations", "storage");
}
