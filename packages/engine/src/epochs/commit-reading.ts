/**
 * Reads the commit at the label of the attempt whose turn it is: its cell from the feed, or from
 * the store where the feed passed it, and the object that the cell points at.
 */
import { commitFromObject, longestCommit, readPayload } from "@pli/protocol/conversation";
import type { Cell } from "@pli/protocol/wire";
import type { Delivery, ObjectAnswer } from "../delivery/port.ts";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { COMMIT_LEAF, findCell, replaceCell } from "./arrived.table.ts";
import type { CommitOutcomes } from "./commit-outcomes.ts";
import type { CommitEvents } from "./commit-events.ts";
import { findConversation, setBehind, type Conversation } from "./conversations.table.ts";
import { loadUnlessPast, type Epochs, type HeldEpoch } from "./epochs.ts";
import type { CommitRules, OwnCommits } from "./own-commits.ts";

/** A commit between two renews the keys of one leaf, and no more. */
const MAX_DIRECT_COMMIT_BYTES = 65_536;
/** Padding at most doubles. */
const PADDED = 2;
/**
 * How often the rest of a commit is looked for, and for how long before its group counts as
 * blocked.
 */
const LOOK_AGAIN_MS = 60_000;
const MISSING_PATIENCE_MS = 600_000;

export interface CommitReading {
  /** `asShown`: the feed showed the cell; `asAsked`: the store was asked for it. */
  read(tx: Tx, epoch: number, source: "asShown" | "asAsked"): Promise<void>;
  /** The winner comes through the feed; it is asked for too, for a feed that does not show it. */
  askFor(tx: Tx, held: HeldEpoch): void;
  lookBehind(tx: Tx, epoch: number): Promise<void>;
  giveUpUnopened(tx: Tx, held: HeldEpoch): Promise<void>;
}

export function createCommitReading(
  context: Context,
  deps: {
    epochs: Epochs;
    own: OwnCommits;
    outcomes: CommitOutcomes;
    events: CommitEvents;
    queue: SendQueue;
    rules: CommitRules;
    delivery(store: string): Delivery;
  },
): CommitReading {
  const { crypto, clock, groups } = context;
  const { own, outcomes, events } = deps;
  const missingSince = new Map<number, number>();
  /** Epochs whose missing commit is looked for again when a timer says so. */
  const lookingAgain = new Set<number>();
  /** Epochs of whose attempts the feed may have passed some: each is asked for in its turn. */
  const lookedBehind = new Set<number>();

  async function read(tx: Tx, epoch: number, source: "asShown" | "asAsked"): Promise<void> {
    const held = await loadUnlessPast(deps.epochs, tx, epoch);
    const slot = held?.epoch.commits[held.attempt];
    if (held === undefined || slot === undefined) return;
    const cell = await cellHere(tx, held);
    if (cell === undefined) return;
    const ours = await own.find(tx, held);
    if (ours !== undefined && crypto.equal(ours.hash, crypto.sha256(cell)))
      return outcomes.start(tx, held, { ...ours, change: undefined });
    const payload = readPayload(crypto, [{ key: slot.key, cell }]);
    if (!payload.ok && payload.error === "cell_not_opened" && source === "asShown") return askFor(tx, held);
    if (!payload.ok || payload.value.type !== "pointer") return passOver(tx, held, undefined);
    await fetchCommit(tx, held, payload.value.pointer);
  }

  const cellHere = (tx: Tx, { id, attempt }: HeldEpoch): Promise<Cell | undefined> =>
    findCell(tx, { epoch: id, leaf: COMMIT_LEAF, step: attempt });

  async function fetchCommit(tx: Tx, held: HeldEpoch, pointer: { seed: Uint8Array; length: number }): Promise<void> {
    const conversation = await findConversation(tx, held.conversation);
    const longest = maxBytesOf(conversation?.kind, groups.members(held.epoch.group).length);
    tx.before(held.store, async () => {
      const { get } = deps.delivery(held.store);
      const place = { seed: pointer.seed, maxBytes: longest };
      const answer =
        pointer.length > longest ? undefined : await get.object(place, { feedOnly: missingSince.has(held.id) });
      const asSaid = answer?.type !== "object" || answer.bytes.length === pointer.length;
      await context.transact((later) => readFetched(later, held.id, asSaid ? answer : undefined));
    });
  }

  async function readFetched(tx: Tx, epoch: number, answer: ObjectAnswer | undefined): Promise<void> {
    const held = await loadUnlessPast(deps.epochs, tx, epoch);
    if (held === undefined) return;
    const conversation = await findConversation(tx, held.conversation);
    const isThere = answer === undefined || answer.type === "object";
    // Between two, the other side starts over.
    if (!isThere && conversation?.kind !== "group") return events.stale.emit(tx, held.conversation);
    if (answer?.type === "absent") return missing(tx, held);
    const commit = answer?.type === "object" ? commitFromObject(answer.bytes) : undefined;
    await (commit === undefined ? passOver(tx, held, undefined) : process(tx, held, commit));
  }

  /**
   * What a commit's cell points at is not in the store. The author of the cell may write the rest
   * at any time, so no member of a group may continue without it: messages flow, changes wait, and
   * after a while the group counts as blocked. Others may find it first, and write behind it.
   */
  async function missing(tx: Tx, held: HeldEpoch): Promise<void> {
    await own.drop(tx, held);
    await setBehind(tx, held.conversation, true);
    tx.after(deps.queue.kick);
    const since = missingSince.get(held.id) ?? clock.steady();
    missingSince.set(held.id, since);
    if (clock.steady() - since >= MISSING_PATIENCE_MS) await events.outOfLabels.emit(tx, held.conversation);
    tx.after(() => lookAgainLater(held.id));
  }

  /** The store was asked once: what is written later, the feed shows. */
  function lookAgainLater(epoch: number): void {
    if (lookingAgain.has(epoch)) return;
    lookingAgain.add(epoch);
    clock.after(LOOK_AGAIN_MS, () => {
      lookingAgain.delete(epoch);
      void context.transact((later) => read(later, epoch, "asAsked")).catch(() => undefined);
    });
  }

  async function process(tx: Tx, held: HeldEpoch, commit: Uint8Array): Promise<void> {
    const check = await deps.rules.leafCheckIn(tx, held.conversation);
    if (check === undefined) return;
    const processed = await groups.processCommit(held.epoch.group, commit, { check, allows: deps.rules.allows });
    // Our own commit, which we do not know: this device's state is older than what it has written.
    if (!processed.ok && processed.error.code === "own_commit") return events.stale.emit(tx, held.conversation);
    if (!processed.ok && processed.error.code === "unopened") return outcomes.unopened(tx, held, processed.error.by);
    if (!processed.ok) return passOver(tx, held, processed.error.by);
    const { state, sender, removedSelf, change, wipe } = processed.value;
    if (removedSelf) return outcomes.leave(tx, held, sender, change);
    tx.after(wipe);
    const hash = crypto.sha256((await cellHere(tx, held)) ?? new Uint8Array(0));
    await outcomes.start(tx, held, { ...NOT_OURS, state, hash, change });
  }

  /** A winner that the rules do not allow is passed over by every member alike. */
  async function passOver(tx: Tx, held: HeldEpoch, by: number | undefined): Promise<void> {
    await readNext(tx, await outcomes.passOver(tx, held, { isIgnored: true, by }));
  }

  async function giveUpUnopened(tx: Tx, held: HeldEpoch): Promise<void> {
    if ((await cellHere(tx, held)) !== undefined)
      await readNext(tx, await outcomes.passOver(tx, held, { isIgnored: false }));
  }

  async function readNext(tx: Tx, next: HeldEpoch): Promise<void> {
    if (lookedBehind.has(next.id) && (await cellHere(tx, next)) === undefined) askFor(tx, next);
    else await read(tx, next.id, "asShown");
    tx.after(deps.queue.kick);
  }

  async function lookBehind(tx: Tx, epoch: number): Promise<void> {
    const held = await loadUnlessPast(deps.epochs, tx, epoch);
    if (held === undefined) return;
    lookedBehind.add(held.id);
    askFor(tx, held);
  }

  function askFor(tx: Tx, held: HeldEpoch): void {
    const label = held.epoch.commits[held.attempt]?.label;
    if (label === undefined) return;
    tx.before(held.store, async () => {
      const cell = await deps.delivery(held.store).get.cell(label);
      await context.transact((later) => answered(later, held, cell));
    });
  }

  /**
   * Meanwhile the feed may have shown it, and it may have ended the epoch, or put us out: then
   * nothing of it is kept.
   */
  async function answered(tx: Tx, { id, attempt, conversation }: HeldEpoch, cell: Cell | undefined): Promise<void> {
    if ((await loadUnlessPast(deps.epochs, tx, id))?.attempt !== attempt) return;
    if (cell === undefined) return lookedBehind.delete(id) ? events.caughtUp.emit(tx, conversation) : undefined;
    await replaceCell(tx, { epoch: id, leaf: COMMIT_LEAF, step: attempt }, cell);
    await read(tx, id, "asAsked");
  }

  return { read, askFor, lookBehind, giveUpUnopened };
}

/** Of a commit of somebody else: our leaf keeps its keys, and nothing was made for it here. */
const NOT_OURS = { keepsKeys: true, pendingBody: undefined, welcome: undefined } as const;

/** How long a commit may be, padded, in a group of this size. */
const maxBytesOf = (kind: Conversation["kind"] | undefined, members: number): number =>
  PADDED * (kind === "group" ? longestCommit(members) : MAX_DIRECT_COMMIT_BYTES);
