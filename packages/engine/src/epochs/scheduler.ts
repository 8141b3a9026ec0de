/**
 * Decides what leaves next in a conversation, and seals it into the send queue. Nothing else
 * decides that: features only add contents and commits.
 */
import { utf8 } from "@pli/protocol/crypto";
import { listReferences } from "../delivery/queue/send-queue.table.ts";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import { fractionFrom } from "../runtime/chance.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import type { Commits } from "./commits.ts";
import { isCommitReference } from "./own-commits.ts";
import { CONVERSATION_STREAM, streamOf } from "./conversations.ts";
import { findConversation, isBehind, type Conversation } from "./conversations.table.ts";
import type { EpochRoles } from "./epoch-roles.ts";
import { WORN_OUT, type Epochs, type HeldEpoch } from "./epochs.ts";
import type { OwnLabels } from "./own-labels.ts";
import {
  firstContent,
  isSaid,
  listWaiting,
  type ContentPurpose,
  type PendingContent,
} from "./pending-contents.table.ts";
import { createSealing, type Sealing } from "./sealing.ts";

/** Leaves are updated more rarely as groups grow: each update is work for all. */
const USUAL_MEMBERS = 50;
/** Of the conversations that are owed new keys, this part gets them each hour. */
const RENEWED_EACH_HOUR = 1 / 8;

/**
 * What a conversation waits for before anything leaves in it: a content; its state (it is being
 * joined, re-joined, or was left) or its first epoch; the newest epoch, while commits are read that
 * the feed has gone past; its contact, who is blocked; what founds it, which must leave before; the
 * commit that gives our leaf the keys of a later generation; the commit that won over ours; labels
 * that nobody has spoilt.
 */
export type WaitsFor =
  | "content"
  | "state"
  | "epoch"
  | "newest"
  | "contact"
  | "founding"
  | "succession"
  | "winner"
  | "labels";

/** What leaves next in a conversation. A commit and a message are in the send queue. */
export type Next =
  | { readonly type: "commit" }
  | { readonly type: "message" }
  | { readonly type: "wait"; readonly for: WaitsFor };

/**
 * What keeps back all that is said in a conversation: the contact is blocked, what founds it comes
 * first, or the keys of this device's leaf have yet to be replaced there.
 */
export type Hold = (tx: Tx, conversation: Conversation) => Promise<"contact" | "founding" | "succession" | undefined>;

export interface Scheduler extends Pick<Sealing, "on" | "left"> {
  /** Something of this group is about to be sealed: a change that is due leaves before it. */
  readonly beforeSealing: TxEvent<string>;
  /** Registers what may keep a conversation back. */
  hold(hold: Hold): void;
  /**
   * Decides what leaves next, makes the change that is due, and seals the message whose turn it is.
   */
  next(tx: Tx, conversation: string): Promise<Next>;
  /** Whether a receipt that is added now leaves now: nothing else waits to leave before it. */
  mayAcknowledge(tx: Tx, conversation: string): Promise<boolean>;
  /** New keys for those who only read: what leaves at a slot brings none. */
  renew(tx: Tx): Promise<void>;
}

export function createScheduler(
  context: Context,
  deps: {
    queue: SendQueue;
    epochs: Epochs;
    epochRoles: EpochRoles;
    commits: Commits;
    ownLabels: OwnLabels;
  },
): Scheduler {
  const { crypto, clock, options } = context;
  const { epochs, commits } = deps;
  const sealing = createSealing(context, deps);
  const beforeSealing: Scheduler["beforeSealing"] = createTxEvent();
  const holds: Hold[] = [];
  /** Conversations that a receipt left in while an update was due, since the start. */
  const owed = new Set<string>();

  deps.queue.serve(CONVERSATION_STREAM, {
    streams: listWaiting,
    prepare: async (tx, id) => ((await next(tx, id)).type === "wait" ? "wait" : "send"),
    created: (tx, item) =>
      isCommitReference(item.reference) ? commits.stored(tx, item.reference) : sealing.stored(tx, item),
    taken: (tx, item) =>
      isCommitReference(item.reference) ? commits.taken(tx, item.reference) : sealing.taken(tx, item),
    refused: async (tx, item, code) => {
      if (!isCommitReference(item.reference)) await sealing.refused(tx, item, code);
    },
  });

  async function next(tx: Tx, id: string): Promise<Next> {
    for (;;) {
      if ((await listReferences(tx, streamOf(id))).some(isCommitReference)) return { type: "commit" };
      const content = await firstContent(tx, id);
      const step = content === undefined ? wait("content") : await forward(tx, content);
      if (step !== "again") return step;
    }
  }

  /** `again`: something has changed, and it is decided once more. */
  async function forward(tx: Tx, content: PendingContent): Promise<Next | "again"> {
    const conversation = await findConversation(tx, content.conversation);
    const held = await epochs.current(tx, content.conversation);
    if (conversation?.state !== "ready") return wait("state");
    if (held === undefined) return wait("epoch");
    if (await isCatchingUp(tx, conversation)) return wait("newest");
    const hold = await holdOn(tx, conversation);
    if (hold !== undefined) return wait(hold);
    if (content.epoch === held.id) return { type: "message" };
    const change = await changeBefore(tx, conversation, held, content.purpose);
    if (change !== "none") return change;
    const self = deps.epochRoles.authorAt(held, held.epoch.ownLeaf) ?? "";
    if (isSaid(content.purpose) && !deps.epochRoles.mayWrite(held, self)) {
      await sealing.refuse(tx, content, "not_allowed");
      return "again";
    }
    // Others have spoilt too many labels of ours: texts wait for fresh ones.
    if (isSaid(content.purpose) && (await deps.ownLabels.areSpent(tx, held)))
      return (await sealing.putTextsLast(tx, content)) ? "again" : wait("labels");
    await sealing.seal(tx, conversation, held, content);
    return { type: "message" };
  }

  /** What is sealed under an epoch that ended long ago, nobody can open. */
  async function isCatchingUp(tx: Tx, { id, store }: Conversation): Promise<boolean> {
    const { blockers } = context;
    if (!blockers.isHeld(store) || !(await isBehind(tx, id))) return false;
    tx.after(() => void blockers.released(store).then(deps.queue.kick));
    return true;
  }

  async function holdOn(tx: Tx, conversation: Conversation): ReturnType<Hold> {
    for (const hold of holds) {
      const why = await hold(tx, conversation);
      if (why !== undefined) return why;
    }
  }

  /**
   * Whether a commit of ours leaves before the next message. A change that cannot be made does not
   * keep the message here.
   */
  async function changeBefore(
    tx: Tx,
    { id, kind }: Conversation,
    held: HeldEpoch,
    purpose: ContentPurpose,
  ): Promise<"none" | "again" | Next> {
    if (await commits.isPending(tx, held)) return wait("winner");
    if (kind === "group") await beforeSealing.emit(tx, id);
    if (await commits.isPending(tx, held)) return "again";
    if (!isUpdateDue(held)) return "none";
    if (purpose === "receipt") return owe(id);
    return (await commits.propose(tx, held, { update: true })).ok ? "again" : "none";
  }

  /**
   * Post-compromise security: after a day or a hundred messages, each with its own jitter (section
   * 5).
   */
  function isUpdateDue(held: HeldEpoch): boolean {
    const { ownLeaf, chains } = held.epoch;
    const jitter = 1 + (crypto.sha256(utf8(`${held.leafSince} ${ownLeaf}`))[0] ?? 0) / 512;
    const patience = jitter * Math.max(1, chains.length / USUAL_MEMBERS);
    const old = clock.since(held.leafSince) > options.updateAfter * patience;
    return old || held.sent >= options.updateEvery * patience;
  }

  /** A receipt must look like a decoy: the update that is due leaves at another time. */
  function owe(conversation: string): "none" {
    owed.add(conversation);
    return "none";
  }

  async function isFree(tx: Tx, id: string, held: HeldEpoch): Promise<boolean> {
    const conversation = await findConversation(tx, id);
    if (conversation?.state !== "ready" || (await commits.isPending(tx, held))) return false;
    const isEmpty = (await firstContent(tx, id)) === undefined && (await listReferences(tx, streamOf(id))).length === 0;
    return isEmpty && (await holdOn(tx, conversation)) === undefined;
  }

  /** A receipt brings no new keys, and behind labels that were left nobody would read it. */
  async function mayAcknowledge(tx: Tx, id: string): Promise<boolean> {
    const held = await epochs.current(tx, id);
    return held !== undefined && held.sent < WORN_OUT && isFree(tx, id, held);
  }

  /** At some hour after they are due: nothing that came decides which. */
  async function renew(tx: Tx): Promise<void> {
    for (const id of await epochs.listWornOut(tx)) owed.add(id);
    for (const id of [...owed].filter(() => fractionFrom(crypto.random(4)) < RENEWED_EACH_HOUR)) {
      const held = await epochs.current(tx, id);
      if (held === undefined || !(await isFree(tx, id, held))) continue;
      owed.delete(id);
      if (isUpdateDue(held)) await commits.propose(tx, held, { update: true });
    }
  }

  return {
    beforeSealing,
    on: sealing.on,
    left: sealing.left,
    hold: (hold) => void holds.push(hold),
    next,
    mayAcknowledge,
    renew,
  };
}

const wait = (what: WaitsFor): Next => ({ type: "wait", for: what });
