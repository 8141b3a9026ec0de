/** Lines of a conversation that nobody wrote: this device notes them. */
import { toHex } from "@pli/protocol/crypto";
import type { MessageBody, MessageView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { textOf, type NewMessage } from "./lines.ts";
import { hasMessage, listNewestLines, rewriteLine } from "./messages.table.ts";

/** For how long one line counts all that was not kept of one author. */
const HELD_MS = 86_400_000;

/** The line, since when it counts, and how much. */
interface Held {
  readonly line: string;
  readonly since: number;
  readonly count: number;
  readonly bytes: number;
}

export interface Notes {
  /** A line of the history that nobody wrote: paired, a gap, set up again. */
  note(tx: Tx, conversation: string, body: MessageBody): Promise<void>;
  /** Somebody has another name; several names one after another are one line. */
  noteRenamed(tx: Tx, conversation: string, by: string, names: { from: string; to: string }): Promise<void>;
  /** Somebody's devices are others. */
  noteDevices(tx: Tx, conversation: string, by: string, change: MessageBody & { kind: "devices" }): Promise<void>;
  /** `missing` messages are missing at this place; one line for all that follow each other. */
  noteGap(tx: Tx, conversation: string, missing: number): Promise<void>;
  /**
   * `count` messages of this author came while they were blocked; one line a day for all of them.
   */
  noteBlocked(tx: Tx, conversation: string, sender: string, count: number): Promise<void>;
  /** One more message of this author came in a lockdown; one line a day for all of them. */
  noteShutOut(tx: Tx, conversation: string, sender: string): Promise<void>;
  /** `bytes` of this author were not kept; one line a day for all of it. */
  noteHeld(tx: Tx, conversation: string, sender: string, bytes: number): Promise<void>;
  /**
   * This device was away longer than the `days` for which the store keeps messages; twice without a
   * message in between is one line.
   */
  noteAway(tx: Tx, conversation: string, days: number): Promise<void>;
  /** The conversation was set up again; twice without a message in between is one line. */
  noteRejoined(tx: Tx, conversation: string): Promise<void>;
}

export function createNotes(
  context: Context,
  deps: {
    insert(tx: Tx, message: NewMessage): Promise<MessageView | undefined>;
  },
): Notes {
  const { budgets, crypto, clock } = context;
  const { insert } = deps;

  async function note(tx: Tx, conversation: string, body: MessageBody): Promise<void> {
    await insert(tx, {
      id: toHex(crypto.random(16)),
      conversation,
      sender: "",
      mine: false,
      kind: body.kind,
      text: textOf(body),
      sentAt: clock.now(),
      state: "received",
    });
  }

  async function rewrite(tx: Tx, conversation: string, id: string, body: MessageBody): Promise<void> {
    await rewriteLine(tx, conversation, id, textOf(body));
    touch(tx, conversation);
  }

  async function noteRenamed(
    tx: Tx,
    conversation: string,
    by: string,
    { from, to }: { from: string; to: string },
  ): Promise<void> {
    const [last] = await listNewestLines(tx, conversation, 1);
    if (last?.body.kind === "renamed" && last.body.to === from) {
      await rewrite(tx, conversation, last.id, { ...last.body, to });
    } else if (await budgets.take(tx, "lines", by)) await note(tx, conversation, { kind: "renamed", from, to });
  }

  async function noteDevices(
    tx: Tx,
    conversation: string,
    sender: string,
    body: MessageBody & { kind: "devices" },
  ): Promise<void> {
    if (!(await budgets.take(tx, "lines", sender))) return;
    const line = { id: toHex(crypto.random(16)), conversation, sender, mine: false, kind: body.kind } as const;
    await insert(tx, { ...line, text: textOf(body), sentAt: clock.now(), state: "received" });
  }

  async function noteGap(tx: Tx, conversation: string, missing: number): Promise<void> {
    const [last] = await listNewestLines(tx, conversation, 1);
    if (last?.body.kind !== "gap") return note(tx, conversation, { kind: "gap", count: missing });
    await rewrite(tx, conversation, last.id, { kind: "gap", count: last.body.count + missing });
  }

  const noteHeld = (tx: Tx, conversation: string, sender: string, bytes: number): Promise<void> =>
    noteDropped(tx, { conversation, sender, kind: "held" }, { count: 1, bytes });

  const noteBlocked = (tx: Tx, conversation: string, sender: string, more: number): Promise<void> =>
    noteDropped(tx, { conversation, sender, kind: "blocked" }, { count: more, bytes: 0 });

  const noteShutOut = (tx: Tx, conversation: string, sender: string): Promise<void> =>
    noteDropped(tx, { conversation, sender, kind: "shutOut" }, { count: 1, bytes: 0 });

  async function noteDropped(
    tx: Tx,
    { conversation, sender, kind }: { conversation: string; sender: string; kind: "held" | "blocked" | "shutOut" },
    more: { count: number; bytes: number },
  ): Promise<void> {
    const key = `${kind} ${sender} ${conversation}`;
    const now = clock.now();
    const known = await findMeta<Held>(tx, key);
    const isOpen =
      known !== undefined && clock.since(known.since) < HELD_MS && (await hasMessage(tx, conversation, known.line));
    const before = isOpen ? known : { line: toHex(crypto.random(16)), since: now, count: 0, bytes: 0 };
    const next: Held = { ...before, count: before.count + more.count, bytes: before.bytes + more.bytes };
    await saveMeta(tx, key, next);
    const body: MessageBody = { kind, count: next.count, bytes: next.bytes, mayAsk: false };
    if (isOpen) return rewrite(tx, conversation, next.line, body);
    const line = { id: next.line, conversation, sender, mine: false, kind, text: textOf(body), sentAt: now } as const;
    await insert(tx, { ...line, state: "received" });
  }

  async function noteAway(tx: Tx, conversation: string, days: number): Promise<void> {
    const [last] = await listNewestLines(tx, conversation, 1);
    if (last?.body.kind !== "away") await note(tx, conversation, { kind: "away", days });
  }

  async function noteRejoined(tx: Tx, conversation: string): Promise<void> {
    const [last] = await listNewestLines(tx, conversation, 1);
    if (last?.body.kind !== "rejoined") await note(tx, conversation, { kind: "rejoined" });
  }

  return { note, noteRenamed, noteDevices, noteGap, noteHeld, noteBlocked, noteShutOut, noteAway, noteRejoined };
}

/** Lines of this conversation are others now. */
export function touch(tx: Tx, conversation: string): void {
  tx.changed(`messages:${conversation}`, "conversations", "storage");
}
