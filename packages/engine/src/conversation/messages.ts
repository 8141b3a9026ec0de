import { toHex } from "@pli/protocol/crypto";
import type { MessageBody, MessageState, MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import type { SqlRow } from "../ports.ts";
import { damaged, numberIn, textIn } from "../storage/row.ts";

/** A message to keep. `text` holds what its kind needs: the text, the number of a gap, the two names of a change. */
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
}

/** From what it was on to what it may become: a state never goes back. */
const RANK: Readonly<Record<string, number>> = { failed: 0, saved: 1, sent: 2, delivered: 3, read: 4 };

/** The messages of all conversations, in the order they came to this device. */
export interface Messages {
  /** Undefined when it is here already: the second copy of a message is dropped. */
  insert(unit: Unit, message: NewMessage): Promise<MessageView | undefined>;
  find(unit: Unit, id: string): Promise<MessageView | undefined>;
  /** What an earlier call of this name has written. */
  ofRequest(unit: Unit, conversation: string, request: string): Promise<MessageView | undefined>;
  /** Moves our own messages on; those that are further already stay. */
  advance(unit: Unit, conversation: string, ids: readonly string[], state: MessageState): Promise<void>;
  fail(unit: Unit, id: string, error: string): Promise<void>;
  /** A line of the history that nobody wrote: paired, a gap, set up again. */
  note(unit: Unit, conversation: string, kind: MessageBody["kind"], text?: string): Promise<void>;
  /** So many messages are missing at this place; one line for all that follow each other. */
  noteGap(unit: Unit, conversation: string, missing: number): Promise<void>;
  /** The conversation was set up again; twice without a message in between is one line. */
  noteRejoined(unit: Unit, conversation: string): Promise<void>;
}

export function createMessages(context: Context): Messages {
  const { crypto, clock } = context;

  async function insert(unit: Unit, message: NewMessage): Promise<MessageView | undefined> {
    const { id, conversation, sender, mine, kind, text, content, sentAt, state, request } = message;
    const [row] = await unit.sql.all(
      `INSERT OR IGNORE INTO messages (id, conversation, sender, mine, kind, text, content, sent_at, state, request)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      [id, conversation, sender, mine ? 1 : 0, kind, text, content ?? null, sentAt, state, request ?? null],
    );
    if (row === undefined) return undefined;
    const view = messageFromRow(row);
    if (kind === "text") {
      await unit.sql.run("INSERT INTO messages_text (rowid, text) VALUES (?, ?)", [view.order, text]);
    }
    await unit.sql.run("UPDATE conversations SET active_at = ? WHERE id = ?", [clock.now(), conversation]);
    touch(unit, conversation);
    return view;
  }

  async function find(unit: Unit, id: string): Promise<MessageView | undefined> {
    const [row] = await unit.sql.all("SELECT * FROM messages WHERE id = ?", [id]);
    return row === undefined ? undefined : messageFromRow(row);
  }

  async function ofRequest(unit: Unit, conversation: string, request: string): Promise<MessageView | undefined> {
    const [row] = await unit.sql.all("SELECT * FROM messages WHERE conversation = ? AND request = ?", [
      conversation,
      request,
    ]);
    return row === undefined ? undefined : messageFromRow(row);
  }

  async function advance(unit: Unit, conversation: string, ids: readonly string[], state: MessageState): Promise<void> {
    const lower = Object.keys(RANK).filter((other) => (RANK[other] ?? 0) < (RANK[state] ?? 0));
    const marks = lower.map(() => "?").join(", ");
    for (const id of ids) {
      await unit.sql.run(
        `UPDATE messages SET state = ?, error = NULL
         WHERE conversation = ? AND id = ? AND mine AND state IN (${marks})`,
        [state, conversation, id, ...lower],
      );
    }
    touch(unit, conversation);
  }

  async function fail(unit: Unit, id: string, error: string): Promise<void> {
    const [row] = await unit.sql.all(
      "UPDATE messages SET state = 'failed', error = ? WHERE id = ? RETURNING conversation",
      [error, id],
    );
    if (row !== undefined) touch(unit, textIn(row, "conversation"));
  }

  async function note(unit: Unit, conversation: string, kind: MessageBody["kind"], text = ""): Promise<void> {
    const id = toHex(crypto.random(16));
    const sentAt = clock.now();
    await insert(unit, { id, conversation, sender: "", mine: false, kind, text, sentAt, state: "received" });
  }

  async function noteGap(unit: Unit, conversation: string, missing: number): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind !== "gap") return note(unit, conversation, "gap", String(missing));
    const count = String(last.body.count + missing);
    await unit.sql.run("UPDATE messages SET text = ? WHERE ord = ?", [count, last.order]);
    touch(unit, conversation);
  }

  async function noteRejoined(unit: Unit, conversation: string): Promise<void> {
    const last = await newest(unit, conversation);
    if (last?.body.kind !== "rejoined") await note(unit, conversation, "rejoined");
  }

  async function newest(unit: Unit, conversation: string): Promise<MessageView | undefined> {
    const sql = "SELECT * FROM messages WHERE conversation = ? ORDER BY ord DESC LIMIT 1";
    const [row] = await unit.sql.all(sql, [conversation]);
    return row === undefined ? undefined : messageFromRow(row);
  }

  return { insert, find, ofRequest, advance, fail, note, noteGap, noteRejoined };
}

function touch(unit: Unit, conversation: string): void {
  unit.changed(`messages:${conversation}`, "conversations", "storage");
}

export function messageFromRow(row: SqlRow): MessageView {
  const view: MessageView = {
    id: textIn(row, "id"),
    conversation: textIn(row, "conversation"),
    from: textIn(row, "sender"),
    mine: numberIn(row, "mine") !== 0,
    body: bodyFrom(textIn(row, "kind"), textIn(row, "text")),
    sentAt: numberIn(row, "sent_at"),
    state: textIn(row, "state") as MessageState,
    order: numberIn(row, "ord"),
  };
  return row["error"] === null ? view : { ...view, error: textIn(row, "error") };
}

function bodyFrom(kind: string, text: string): MessageBody {
  switch (kind) {
    case "text":
      return { kind, text };
    case "gap":
      return { kind, count: Number(text) };
    case "renamed": {
      const [from = "", to = ""] = text.split("\n");
      return { kind, from, to };
    }
    case "unknown":
    case "rejoined":
    case "paired":
      return { kind };
    default:
      return damaged("message kind");
  }
}
