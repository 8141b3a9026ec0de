import {
  COMMIT_ATTEMPTS,
  commitFromObject,
  longestCommit,
  putsFromCommit,
  readPayload,
  type CommitChange,
  type GroupError,
  type GroupState,
  type LeafCheck,
} from "@pli/protocol/conversation";
import { createCommitCheck } from "@pli/protocol/group";
import type { Put } from "@pli/protocol/object";
import { err, ok, type Cell, type Result } from "@pli/protocol/wire";
import type { Context, Tx } from "../runtime/context.ts";
import type { ObjectAnswer } from "../delivery/port.ts";
import type { Delivery } from "../delivery/port.ts";
import type { Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import { withdrawItems } from "../delivery/queue/send-queue.table.ts";
import { bytesIn, maybeBytesIn, numberIn } from "../runtime/storage/row.ts";
import { findConversation, streamOf } from "./conversations.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { encodeGroup, groupFrom } from "./group-bytes.ts";

/** A commit's cell is kept among the arrived ones under this leaf, which no member has. */
export const COMMIT_LEAF = -1;
/** A commit between two renews the keys of one leaf, and no more. */
const MAX_DIRECT_COMMIT_BYTES = 65_536;
/** Padding at most doubles. */
const PADDED = 2;
/**
 * How often the rest of a commit is looked for, and for how long before its group counts as jammed.
 */
const LOOK_AGAIN_MS = 60_000;
const MISSING_PATIENCE_MS = 600_000;
/** Epochs whose winning commits are remembered, of each conversation. */
const REMEMBERED = 64;

/** A commit became the history of a conversation: an epoch has ended and another begun. */
export interface Settled {
  readonly conversation: string;
  readonly before: HeldEpoch;
  readonly after: HeldEpoch;
  /** Undefined when the commit was our own. */
  readonly change: CommitChange | undefined;
  /** What our own commit was made for, and the welcome of those it added. */
  readonly pendingBody: Uint8Array | undefined;
  readonly welcome: Uint8Array | undefined;
}

/**
 * Where a commit came from: the epoch it was made in, and the leaf that made it, if it is certain.
 */
export interface CommitBy {
  readonly conversation: string;
  readonly held: HeldEpoch;
  readonly by: number | undefined;
}

/** By a commit of the leaf `by` this device is out of the group. */
export interface Removed {
  readonly conversation: string;
  readonly before: HeldEpoch;
  readonly by: number;
  readonly change: CommitChange;
}

/** What others act on when commits come, each in the transaction that makes it so. */
export interface CommitEvents {
  readonly settled: TxEvent<Settled>;
  readonly removed: TxEvent<Removed>;
  /**
   * One is allowed, and what it seals to this device does not open: others may have followed it.
   */
  readonly unopened: TxEvent<CommitBy>;
  /** What stood at a commit's label is passed over; `held` is at the next attempt. */
  readonly ignored: TxEvent<CommitBy>;
  /** All attempts of an epoch of this conversation are used up: nothing leads on from it. */
  readonly outOfLabels: TxEvent<string>;
  /** This conversation cannot continue from the state we hold. */
  readonly stale: TxEvent<string>;
  /** `lookBehind` has come to where no commit stands yet: what follows comes through the feed. */
  readonly caughtUp: TxEvent<string>;
}

/** Where a commit that won leads, and how it came. */
interface Begun extends Pick<Settled, "change" | "pendingBody" | "welcome"> {
  readonly state: GroupState;
  /** SHA-256 of its cell. */
  readonly hash: Uint8Array;
  /** Our leaf has the keys it had. */
  readonly keepsKeys: boolean;
}

/** What a commit of ours is to do. `body`: what its maker wants back when it has won. */
export interface Proposal {
  readonly add?: readonly Uint8Array[];
  readonly remove?: readonly number[];
  readonly rules?: Uint8Array;
  readonly evidence?: Uint8Array;
  readonly update?: boolean;
  readonly body?: Uint8Array;
}

/**
 * Group changes: what is written first at the one label an epoch allows is its history
 * (docs/protocol.md, section 5).
 */
export interface Commits {
  readonly events: CommitEvents;
  /**
   * Makes a commit and puts it into the send queue; it is history when the store says that it was
   * first. `wrong_epoch`: one of ours waits already, or the epoch has no label left. Anything else:
   * it would not be allowed, or cannot be made.
   */
  propose(tx: Tx, held: HeldEpoch, proposal: Proposal): Promise<Result<void, GroupError>>;
  /** Whether one of ours is on its way, or has lost and the winner is not read yet. */
  isPending(tx: Tx, held: HeldEpoch): Promise<boolean>;
  /** A cell stands at the label of an attempt. */
  arrived(tx: Tx, held: HeldEpoch, attempt: number, cell: Cell): Promise<void>;
  /** Our own commit was stored at its label, or another was there. */
  stored(tx: Tx, reference: string): Promise<void>;
  taken(tx: Tx, reference: string): Promise<void>;
  /**
   * Asks the store for the commits of this epoch's attempts: the feed may have passed them before
   * their labels were known.
   */
  lookBehind(tx: Tx, epoch: number): Promise<void>;
  /** Nobody follows the commit that does not open here: the next attempt of its epoch decides. */
  giveUpUnopened(tx: Tx, held: HeldEpoch): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createCommits(
  context: Context,
  p: {
    epochs: Epochs;
    profiles: Profiles;
    contacts: Contacts;
    queue: SendQueue;
    delivery(store: string): Delivery;
  },
): Commits {
  const { crypto, clock, groups } = context;
  const { epochs, profiles, contacts, queue } = p;
  const events: CommitEvents = {
    settled: createTxEvent(),
    removed: createTxEvent(),
    unopened: createTxEvent(),
    ignored: createTxEvent(),
    outOfLabels: createTxEvent(),
    stale: createTxEvent(),
    caughtUp: createTxEvent(),
  };
  const allows = createCommitCheck(crypto);
  const missingSince = new Map<number, number>();
  /** Epochs whose missing commit is looked for again when a timer says so. */
  const lookingAgain = new Set<number>();
  /**
   * Epochs of whose labels the feed may have passed some before they were known: each attempt is
   * asked for when its turn comes.
   */
  const lookedBehind = new Set<number>();

  async function propose(tx: Tx, held: HeldEpoch, { body, ...wanted }: Proposal): Promise<Result<void, GroupError>> {
    const slot = held.epoch.commits[held.attempt];
    const check = await leafCheckIn(tx, held.conversation);
    if (slot === undefined || check === undefined || (await isPending(tx, held))) return err("wrong_epoch");
    if ((await arrivedCell(tx, held)) !== undefined) return err("wrong_epoch");
    const now = Math.floor(clock.now() / 1000);
    const made = await groups.commit(held.epoch.group, { ...wanted, now, check, allows });
    if (!made.ok) return made;
    const { state, commit, welcome } = made.value;
    const onlyAdds = wanted.update !== true && wanted.rules === undefined && (wanted.remove ?? []).length === 0;
    const puts = putsFromCommit(crypto, slot, held.feed, commit);
    await savePending(tx, held, { next: state, renews: !onlyAdds, puts, body, welcome });
    const stream = streamOf(held.conversation);
    await queue.add(tx, { stream, store: held.store, reference: referenceOf(held), isAhead: true, puts });
    return ok(undefined);
  }

  async function savePending(
    tx: Tx,
    held: HeldEpoch,
    pending: {
      next: GroupState;
      renews: boolean;
      puts: readonly Put[];
      body: Uint8Array | undefined;
      welcome: Uint8Array | undefined;
    },
  ): Promise<void> {
    const { next, renews, puts, body = null, welcome = null } = pending;
    const last = puts.at(-1);
    const cell = last?.kind === "cell" ? last.cell : new Uint8Array(0);
    await tx.sql.run(
      `INSERT INTO pending_commits (epoch, attempt, next_state, renews, hash, body, welcome)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [held.id, held.attempt, encodeGroup(groups, next), renews ? 1 : 0, crypto.sha256(cell), body, welcome],
    );
  }

  /**
   * Between two, only their leaves; in a group, whoever certifies themselves: the rules say who
   * comes in.
   */
  async function leafCheckIn(tx: Tx, id: string): Promise<LeafCheck | undefined> {
    const conversation = await findConversation(tx, id);
    if (conversation?.kind === "group") return contacts.leafCheckOfAnyone("any time");
    const contact = await contacts.ofConversation(tx, id);
    return contact && contacts.leafCheck(await profiles.get(tx), contact.card, "any time");
  }

  async function arrived(tx: Tx, held: HeldEpoch, attempt: number, cell: Cell): Promise<void> {
    await tx.sql.run("INSERT OR IGNORE INTO arrived VALUES (?, ?, ?, ?)", [held.id, COMMIT_LEAF, attempt, cell]);
    await read(tx, held.id, "asShown");
  }

  /**
   * Reads the commit of the attempt whose turn it is. `asShown`: by the feed; `asAsked`: the store
   * was asked for it.
   */
  async function read(tx: Tx, epoch: number, source: "asShown" | "asAsked"): Promise<void> {
    const held = await heldNow(tx, epoch);
    const slot = held?.epoch.commits[held.attempt];
    if (held === undefined || slot === undefined) return;
    const cell = await arrivedCell(tx, held);
    if (cell === undefined) return;
    const own = await findPending(tx, held);
    if (own !== undefined && crypto.equal(own.hash, crypto.sha256(cell))) return begin(tx, held, own);
    const payload = readPayload(crypto, [{ key: slot.key, cell }]);
    if (!payload.ok && payload.error === "cell_not_opened" && source === "asShown") return askFor(tx, held);
    if (!payload.ok || payload.value.type !== "pointer") return passOver(tx, held, undefined);
    await fetchCommit(tx, held, payload.value.pointer);
  }

  async function arrivedCell(tx: Tx, { id, attempt }: HeldEpoch): Promise<Cell | undefined> {
    const sql = "SELECT cell FROM arrived WHERE epoch = ? AND leaf = ? AND step = ?";
    const [row] = await tx.sql.all(sql, [id, COMMIT_LEAF, attempt]);
    return row === undefined ? undefined : (bytesIn(row, "cell") as Cell);
  }

  async function heldNow(tx: Tx, epoch: number): Promise<HeldEpoch | undefined> {
    const held = await epochs.load(tx, epoch);
    return held?.retired === true ? undefined : held;
  }

  async function fetchCommit(tx: Tx, held: HeldEpoch, pointer: { seed: Uint8Array; length: number }): Promise<void> {
    const conversation = await findConversation(tx, held.conversation);
    const inGroup = longestCommit(groups.members(held.epoch.group).length);
    const longest = PADDED * (conversation?.kind === "group" ? inGroup : MAX_DIRECT_COMMIT_BYTES);
    tx.before(held.store, async () => {
      const { get } = p.delivery(held.store);
      const place = { seed: pointer.seed, maxBytes: longest };
      const answer =
        pointer.length > longest ? undefined : await get.object(place, { feedOnly: missingSince.has(held.id) });
      const asSaid = answer?.type !== "object" || answer.bytes.length === pointer.length;
      await context.transact((later) => readFetched(later, held.id, asSaid ? answer : undefined));
    });
  }

  async function readFetched(tx: Tx, epoch: number, answer: ObjectAnswer | undefined): Promise<void> {
    const held = await heldNow(tx, epoch);
    if (held === undefined) return;
    const conversation = await findConversation(tx, held.conversation);
    const isThere = answer === undefined || answer.type === "object";
    // Between two, the other side starts anew.
    if (!isThere && conversation?.kind !== "group") return events.stale.emit(tx, held.conversation);
    if (answer?.type === "absent") return missing(tx, held);
    const commit = answer?.type === "object" ? commitFromObject(answer.bytes) : undefined;
    await (commit === undefined ? passOver(tx, held, undefined) : process(tx, held, commit));
  }

  /**
   * What a commit's cell points at is not in the store. Whoever wrote the cell may write the rest
   * at any time, so no member of a group may go on without it: messages flow, changes wait, and
   * after a while the group counts as jammed.
   */
  async function missing(tx: Tx, held: HeldEpoch): Promise<void> {
    await dropOwn(tx, held);
    tx.after(queue.kick);
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

  /**
   * A winner that the rules do not allow is passed over by every member alike: the next attempt
   * decides.
   */
  async function process(tx: Tx, held: HeldEpoch, commit: Uint8Array): Promise<void> {
    const check = await leafCheckIn(tx, held.conversation);
    if (check === undefined) return;
    const processed = await groups.processCommit(held.epoch.group, commit, { check, allows });
    // Our own commit, which we do not know: this device's state is older than what it has written.
    if (!processed.ok && processed.error.code === "own_commit") return events.stale.emit(tx, held.conversation);
    if (!processed.ok && processed.error.code === "unopened") return unopened(tx, held, processed.error.by);
    if (!processed.ok) return passOver(tx, held, processed.error.by);
    const { state, sender, removedSelf, change, wipe } = processed.value;
    if (removedSelf) return leave(tx, held, sender, change);
    tx.after(wipe);
    const hash = crypto.sha256((await arrivedCell(tx, held)) ?? new Uint8Array(0));
    await begin(tx, held, { state, hash, keepsKeys: true, change, pendingBody: undefined, welcome: undefined });
  }

  /** Between two the other side starts over; in a group those ahead bring this device back. */
  async function unopened(tx: Tx, held: HeldEpoch, by: number | undefined): Promise<void> {
    const { conversation } = held;
    await dropOwn(tx, held);
    if ((await findConversation(tx, conversation))?.kind !== "group") return events.stale.emit(tx, conversation);
    await events.unopened.emit(tx, { conversation, held, by });
  }

  /**
   * Somebody put this device out. Whether those who stay can open the commit, this device cannot
   * see: it keeps the epoch for a while, and if they passed over the commit, the next attempt leads
   * on from it.
   */
  async function leave(tx: Tx, held: HeldEpoch, by: number, change: CommitChange): Promise<void> {
    const { conversation } = held;
    await dropOwn(tx, held);
    await epochs.saveAttempt(tx, { ...held, attempt: held.attempt + 1 });
    await events.removed.emit(tx, { conversation, before: held, by, change });
    tx.changed("status");
  }

  async function passOver(tx: Tx, held: HeldEpoch, by: number | undefined): Promise<void> {
    await moveOn(tx, held, (next) => events.ignored.emit(tx, { conversation: next.conversation, held: next, by }));
  }

  async function giveUpUnopened(tx: Tx, held: HeldEpoch): Promise<void> {
    if ((await arrivedCell(tx, held)) !== undefined) await moveOn(tx, held, async () => undefined);
  }

  /** The next attempt of this epoch decides. */
  async function moveOn(tx: Tx, held: HeldEpoch, note: (next: HeldEpoch) => Promise<void>): Promise<void> {
    const { conversation } = held;
    await dropOwn(tx, held);
    const next = { ...held, attempt: held.attempt + 1 };
    await epochs.saveAttempt(tx, next);
    await note(next);
    if (next.attempt === COMMIT_ATTEMPTS) await events.outOfLabels.emit(tx, conversation);
    if (lookedBehind.has(held.id) && (await arrivedCell(tx, next)) === undefined) askFor(tx, next);
    else await read(tx, held.id, "asShown");
    tx.after(queue.kick);
  }

  /** Our own commit of this attempt; undefined when there is none, or another has won. */
  async function findPending(tx: Tx, held: HeldEpoch): Promise<Begun | undefined> {
    const [row] = await tx.sql.all(
      "SELECT next_state, renews, hash, body, welcome FROM pending_commits WHERE epoch = ? AND attempt = ?",
      [held.id, held.attempt],
    );
    const bytes = row === undefined ? undefined : bytesIn(row, "next_state");
    if (row === undefined || bytes === undefined || bytes.length === 0) return undefined;
    return {
      state: groupFrom(groups, bytes),
      hash: bytesIn(row, "hash"),
      keepsKeys: numberIn(row, "renews") === 0,
      change: undefined,
      pendingBody: maybeBytesIn(row, "body"),
      welcome: maybeBytesIn(row, "welcome"),
    };
  }

  async function begin(tx: Tx, held: HeldEpoch, begun: Begun): Promise<void> {
    const { conversation, generation, store, feed } = held;
    const { state, hash, keepsKeys, ...event } = begun;
    await remember(tx, held, state, hash);
    await dropOwn(tx, held);
    await tx.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ?", [held.id, COMMIT_LEAF]);
    const next = { conversation, generation, store, feed, group: state };
    const after = await epochs.start(tx, keepsKeys ? { ...next, since: held } : next);
    await events.settled.emit(tx, { conversation, before: held, after, ...event });
    tx.after(queue.kick);
  }

  /**
   * What won at which label, and what it led to: to notice a store that shows others something
   * else.
   */
  async function remember(tx: Tx, held: HeldEpoch, next: GroupState, hash: Uint8Array): Promise<void> {
    const { conversation, generation, number, epoch, attempt } = held;
    const label = epoch.commits[attempt]?.label ?? new Uint8Array(0);
    await tx.sql.run("INSERT OR REPLACE INTO settled_commits VALUES (?, ?, ?, ?, ?, ?)", [
      conversation,
      generation,
      number,
      label,
      hash,
      groups.epochAuthenticator(next),
    ]);
    await tx.sql.run("DELETE FROM settled_commits WHERE conversation = ? AND (generation < ? OR epoch_number <= ?)", [
      conversation,
      generation,
      number - REMEMBERED,
    ]);
  }

  async function dropOwn(tx: Tx, { id, conversation }: HeldEpoch): Promise<void> {
    await tx.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [id]);
    await withdrawItems(tx, streamOf(conversation), (reference) => reference.startsWith(`${COMMIT} ${id} `));
  }

  async function isPending(tx: Tx, { id }: HeldEpoch): Promise<boolean> {
    return (await tx.sql.all("SELECT 1 FROM pending_commits WHERE epoch = ?", [id])).length > 0;
  }

  /** Our own commit was stored at its label. */
  async function stored(tx: Tx, reference: string): Promise<void> {
    const held = await awaited(tx, reference);
    const own = held && (await findPending(tx, held));
    if (held !== undefined && own !== undefined) await begin(tx, held, own);
  }

  /**
   * Somebody else's commit stands there. Ours is kept as a mark, without its state, until the
   * winner has been read.
   */
  async function taken(tx: Tx, reference: string): Promise<void> {
    const held = await awaited(tx, reference);
    if (held === undefined) return;
    await tx.sql.run("UPDATE pending_commits SET next_state = x'', welcome = NULL WHERE epoch = ?", [held.id]);
    askFor(tx, held);
  }

  /**
   * The epoch of an answer, as long as that attempt is the one whose turn it is: the answer to an
   * earlier one comes late.
   */
  async function awaited(tx: Tx, reference: string): Promise<HeldEpoch | undefined> {
    const held = await heldNow(tx, Number(reference.split(" ")[1]));
    return held !== undefined && referenceOf(held) === reference ? held : undefined;
  }

  async function lookBehind(tx: Tx, epoch: number): Promise<void> {
    const held = await heldNow(tx, epoch);
    if (held === undefined) return;
    lookedBehind.add(held.id);
    askFor(tx, held);
  }

  /** The winner comes through the feed; it is asked for too, for a feed that does not show it. */
  function askFor(tx: Tx, held: HeldEpoch): void {
    const slot = held.epoch.commits[held.attempt];
    if (slot === undefined) return;
    tx.before(held.store, async () => {
      const cell = await p.delivery(held.store).get.cell(slot.label);
      await context.transact((later) => answered(later, held, cell));
    });
  }

  /**
   * Meanwhile the feed may have shown it, and it may have ended the epoch, or put us out: then
   * nothing of it is kept.
   */
  async function answered(tx: Tx, { id, attempt, conversation }: HeldEpoch, cell: Cell | undefined): Promise<void> {
    if ((await heldNow(tx, id))?.attempt !== attempt) return;
    if (cell === undefined) return lookedBehind.delete(id) ? events.caughtUp.emit(tx, conversation) : undefined;
    await tx.sql.run("INSERT OR REPLACE INTO arrived VALUES (?, ?, ?, ?)", [id, COMMIT_LEAF, attempt, cell]);
    await read(tx, id, "asAsked");
  }

  async function resume(tx: Tx): Promise<void> {
    for (const row of await tx.sql.all("SELECT DISTINCT epoch FROM arrived WHERE leaf = ?", [COMMIT_LEAF])) {
      await read(tx, numberIn(row, "epoch"), "asShown");
    }
    for (const row of await tx.sql.all("SELECT epoch FROM pending_commits WHERE length(next_state) = 0")) {
      const held = await heldNow(tx, numberIn(row, "epoch"));
      if (held !== undefined) askFor(tx, held);
    }
  }

  return { events, propose, isPending, arrived, stored, taken, lookBehind, giveUpUnopened, resume };
}

/** How the send queue names a commit: by its epoch and its attempt there. */
const COMMIT = "commit";
const referenceOf = ({ id, attempt }: HeldEpoch): string => `${COMMIT} ${id} ${attempt}`;
export const isCommitReference = (reference: string): boolean => reference.startsWith(`${COMMIT} `);

/** No commit of ours leaves in this conversation any more. */
export async function withdrawCommits(tx: Tx, conversation: string): Promise<void> {
  await withdrawItems(tx, streamOf(conversation), isCommitReference);
}
