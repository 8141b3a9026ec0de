import type { MessageState, MessageView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ErrorCode } from "../../runtime/errors.ts";
import type { Profiles } from "../../people/profile.ts";
import { noteActive, timerOf } from "../../epochs/conversations.table.ts";
import type { Disappearing } from "../disappearing/disappearing.ts";
import { endOf, lifetimeOf } from "../disappearing/lifetimes.ts";
import { settleActions } from "../actions/applying.ts";
import { insertReply } from "../actions/links.table.ts";
import type { NewMessage } from "./lines.ts";
import { saveMark } from "./marks.table.ts";
import {
  findUnsent,
  forgetTeller,
  hasMessage,
  insertMessage,
  isNews,
  listConversationsWith,
  listToAcknowledge,
  listUnsent,
  raiseState,
  saveEnd,
  saveEpochOf,
  saveFailed,
  saveLeftAt,
  type Unsent,
} from "./messages.table.ts";
import { findMessage, findMessageAt, findMessageOfRequest } from "./messages.views.table.ts";
import { createNotes, touch, type Notes } from "./notes.ts";

/** From what it was on to what it may become: a state never goes back. */
const RANK: Readonly<Record<string, number>> = { failed: 0, saved: 1, sent: 2, delivered: 3, read: 4 };

/** The messages of all conversations, in the order they came to this device. */
export interface Messages extends Notes {
  /**
   * Undefined when it is here already, as a second copy is dropped; and when its time was over
   * before it came.
   */
  insert(tx: Tx, message: NewMessage): Promise<MessageView | undefined>;
  /**
   * One of before, at its place: it is no news and is not told to anybody. Whether the list of
   * conversations tells of it; false too when it is here already, or over.
   */
  insertPast(tx: Tx, message: NewMessage, expiresAt: number | undefined): Promise<boolean>;
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
  /** One of our own has left, or may have, by now. */
  noteLeft(tx: Tx, id: string): Promise<void>;
  fail(tx: Tx, id: string, error: ErrorCode): Promise<void>;
  /** Nothing that was not sent yet will leave. */
  failAll(tx: Tx, conversation: string, error: ErrorCode): Promise<void>;
}

export function createMessages(context: Context, deps: { profiles: Profiles; disappearing: Disappearing }): Messages {
  const { clock } = context;

  async function insert(tx: Tx, message: NewMessage): Promise<MessageView | undefined> {
    const { conversation } = message;
    const expiresAt = endNow(message);
    if (expiresAt !== undefined && expiresAt <= clock.now()) return undefined;
    const order = await insertMessage(tx, message, expiresAt);
    if (order === undefined) return undefined;
    await link(tx, message);
    if (expiresAt !== undefined) deps.disappearing.note(tx, expiresAt);
    if (await isNews(tx, order)) await noteActive(tx, conversation, clock.now());
    touch(tx, conversation);
    return findMessageAt(tx, order, await ownName(tx));
  }

  async function insertPast(tx: Tx, message: NewMessage, expiresAt: number | undefined): Promise<boolean> {
    if (expiresAt !== undefined && expiresAt <= clock.now()) return false;
    const order = await insertMessage(tx, message, expiresAt);
    if (order !== undefined && expiresAt !== undefined) deps.disappearing.note(tx, expiresAt);
    if (order === undefined) return false;
    await link(tx, message);
    // Of a thousand texts one need not ask for each.
    return message.kind === "text" || isNews(tx, order);
  }

  /** What it answers, and what waited for it. */
  async function link(tx: Tx, { conversation, id, kind, replyTo }: NewMessage): Promise<void> {
    if (replyTo !== undefined) await insertReply(tx, conversation, id, replyTo);
    if (kind === "text" || kind === "unknown") await settleActions(context, tx, conversation, id);
  }

  const ownName = async (tx: Tx): Promise<string> => (await deps.profiles.self(tx)).name;

  function endNow({ sentAt, lifetime, state, isTold }: NewMessage): number | undefined {
    if (lifetime === undefined || state === "saved") return undefined;
    return endOf({ sentAt, lifetime, now: clock.now(), isTold: isTold === true });
  }

  /**
   * It has left, or never will: its time begins, by the rules of now, under which it was sealed.
   */
  async function begin(tx: Tx, conversation: string, { id, sentAt, claimed }: Unsent): Promise<void> {
    const lifetime = lifetimeOf(claimed, await timerOf(tx, conversation));
    if (lifetime === undefined) return;
    const expiresAt = endOf({ sentAt, lifetime, now: clock.now(), isTold: false });
    await saveEnd(tx, conversation, id, { lifetime, expiresAt });
    deps.disappearing.note(tx, expiresAt);
  }

  async function confirm(tx: Tx, conversation: string, id: string): Promise<void> {
    if (await forgetTeller(tx, conversation, id)) touch(tx, conversation);
  }

  async function advance(tx: Tx, conversation: string, ids: readonly string[], state: MessageState): Promise<void> {
    const from = Object.keys(RANK).filter((other) => (RANK[other] ?? 0) < (RANK[state] ?? 0));
    for (const id of ids) {
      const unsent = state === "saved" ? undefined : await findUnsent(tx, conversation, id);
      await raiseState(tx, conversation, id, { state, from });
      if (unsent !== undefined) await begin(tx, conversation, unsent);
    }
    touch(tx, conversation);
  }

  async function acknowledge(tx: Tx, by: string, ids: readonly string[], state: "delivered" | "read"): Promise<void> {
    for (const id of ids) {
      for (const { conversation, isGroup } of await listToAcknowledge(tx, id, by)) {
        if (isGroup) await saveMark(tx, id, by, state);
        // A receipt shows that it left. A device that was put back does not know that, nor in which
        // epoch of a group, and so for whom: there it leaves again.
        if (isGroup && (await findUnsent(tx, conversation, id)) !== undefined) touch(tx, conversation);
        else await advance(tx, conversation, [id], isGroup ? "sent" : state);
      }
    }
  }

  async function fail(tx: Tx, id: string, error: ErrorCode): Promise<void> {
    for (const conversation of await listConversationsWith(tx, id)) {
      const unsent = await findUnsent(tx, conversation, id);
      await saveFailed(tx, id, error);
      if (unsent !== undefined) await begin(tx, conversation, unsent);
      touch(tx, conversation);
    }
  }

  async function failAll(tx: Tx, conversation: string, error: ErrorCode): Promise<void> {
    for (const id of await listUnsent(tx, conversation)) await fail(tx, id, error);
    touch(tx, conversation);
  }

  return {
    insert,
    insertPast,
    isHere: hasMessage,
    confirm,
    saidIn: saveEpochOf,
    find: async (tx, id) => findMessage(tx, id, await ownName(tx)),
    ofRequest: async (tx, conversation, request) => findMessageOfRequest(tx, conversation, request, await ownName(tx)),
    advance,
    acknowledge,
    noteLeft: (tx, id) => saveLeftAt(tx, id, clock.now()),
    fail,
    failAll,
    ...createNotes(context, { insert }),
  };
}
