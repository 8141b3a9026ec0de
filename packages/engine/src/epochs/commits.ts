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
import type { Context, Unit } from "../runtime/context.ts";
import type { ObjectAnswer } from "../delivery/feed/fetching.ts";
import type { Session } from "../delivery/feed/session.ts";
import type { Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import type { Outbox } from "../delivery/outbox/outbox.ts";
import { bytesIn, maybeBytesIn, numberIn } from "../runtime/storage/row.ts";
import { findConversation, streamOf } from "./conversations.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
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

/** What the rest of the engine does when commits come, each in the transaction that makes it so. */
export interface CommitHandlers {
  settled(unit: Unit, event: Settled): Promise<void>;
  /** By a commit of the leaf `by` this device is out of the group. */
  putOut(unit: Unit, p: { conversation: string; before: HeldEpoch; by: number; change: CommitChange }): Promise<void>;
  /**
   * A commit of the leaf `by` is allowed, and what it seals to this device does not open: others
   * may have followed it.
   */
  unopened(unit: Unit, p: { conversation: string; held: HeldEpoch; by: number | undefined }): Promise<void>;
  /**
   * What stood at a commit's label is passed over; `by`: the leaf that made it, when that is
   * certain.
   */
  ignored(unit: Unit, p: { conversation: string; held: HeldEpoch; by: number | undefined }): Promise<void>;
  /** All attempts of an epoch are used up: nothing leads on from it. */
  jammed(unit: Unit, conversation: string): Promise<void>;
  /** This conversation cannot go on from the state we hold. */
  lost(unit: Unit, conversation: string): Promise<void>;
  /** `lookBehind` has come to where no commit stands yet: what follows comes through the feed. */
  caughtUp(unit: Unit, conversation: string): Promise<void>;
  /** What waits in the outbox can be looked at again. */
  begun(unit: Unit): void;
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
  /**
   * Makes a commit and puts it into the outbox; it is history when the store says that it was
   * first. `wrong_epoch`: one of ours waits already, or the epoch has no label left. Anything else:
   * it would not be allowed, or cannot be made.
   */
  propose(unit: Unit, held: HeldEpoch, proposal: Proposal): Promise<Result<void, GroupError>>;
  /** A cell stands at the label of an attempt. */
  arrived(unit: Unit, held: HeldEpoch, attempt: number, cell: Cell): Promise<void>;
  /** Our own commit was stored at its label, or another was there. */
  stored(unit: Unit, reference: string): Promise<void>;
  taken(unit: Unit, reference: string): Promise<void>;
  /**
   * Asks the store for the commits of this epoch's attempts: the feed may have passed them before
   * their labels were known.
   */
  lookBehind(unit: Unit, epoch: number): Promise<void>;
  /** Nobody follows the commit that does not open here: the next attempt of its epoch decides. */
  giveUpUnopened(unit: Unit, held: HeldEpoch): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(unit: Unit): Promise<void>;
}

export function createCommits(
  context: Context,
  p: {
    epochs: Epochs;
    profiles: Profiles;
    contacts: Contacts;
    outbox(): Outbox;
    session(store: string): Session;
    handlers: CommitHandlers;
  },
): Commits {
  const { crypto, clock, groups } = context;
  const { epochs, profiles, contacts, handlers } = p;
  const allows = createCommitCheck(crypto);
  const missingSince = new Map<number, number>();
  /** Epochs whose missing commit is looked for again when a timer says so. */
  const lookingAgain = new Set<number>();
  /**
   * Epochs of whose labels the feed may have passed some before they were known: each attempt is
   * asked for when its turn comes.
   */
  const lookedBehind = new Set<number>();

  async function propose(
    unit: Unit,
    held: HeldEpoch,
    { body, ...wanted }: Proposal,
  ): Promise<Result<void, GroupError>> {
    const slot = held.epoch.commits[held.attempt];
    const pending = await unit.sql.all("SELECT 1 FROM pending_commits WHERE epoch = ?", [held.id]);
    const check = await leafCheckIn(unit, held.conversation);
    if (slot === undefined || pending.length > 0 || check === undefined) return err("wrong_epoch");
    if ((await arrivedCell(unit, held)) !== undefined) return err("wrong_epoch");
    const now = Math.floor(clock.now() / 1000);
    const made = await groups.commit(held.epoch.group, { ...wanted, now, check, allows });
    if (!made.ok) return made;
    const { state, commit, welcome } = made.value;
    const onlyAdds = wanted.update !== true && wanted.rules === undefined && (wanted.remove ?? []).length === 0;
    const puts = putsFromCommit(crypto, slot, held.feed, commit);
    await savePending(unit, held, { next: state, renews: !onlyAdds, puts, body, welcome });
    await p.outbox().add(unit, {
      stream: streamOf(held.conversation),
      store: held.store,
      purpose: "commit",
      reference: referenceOf(held),
      content: undefined,
      puts,
    });
    return ok(undefined);
  }

  async function savePending(
    unit: Unit,
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
    await unit.sql.run(
      `INSERT INTO pending_commits (epoch, attempt, next_state, renews, hash, body, welcome)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [held.id, held.attempt, encodeGroup(groups, next), renews ? 1 : 0, crypto.sha256(cell), body, welcome],
    );
  }

  /**
   * Between two, only their leaves; in a group, whoever certifies themselves: the rules say who
   * comes in.
   */
  async function leafCheckIn(unit: Unit, id: string): Promise<LeafCheck | undefined> {
    const conversation = await findConversation(unit, id);
    if (conversation?.kind === "group") return contacts.leafCheckOfAnyone("any time");
    const contact = await contacts.ofConversation(unit, id);
    return contact && contacts.leafCheck(await profiles.get(unit), contact.card, "any time");
  }

  async function arrived(unit: Unit, held: HeldEpoch, attempt: number, cell: Cell): Promise<void> {
    await unit.sql.run("INSERT OR IGNORE INTO arrived VALUES (?, ?, ?, ?)", [held.id, COMMIT_LEAF, attempt, cell]);
    await read(unit, held.id, "asShown");
  }

  /**
   * Reads the commit of the attempt whose turn it is. `asShown`: by the feed; `asAsked`: the store
   * was asked for it.
   */
  async function read(unit: Unit, epoch: number, source: "asShown" | "asAsked"): Promise<void> {
    const held = await heldNow(unit, epoch);
    const slot = held?.epoch.commits[held.attempt];
    if (held === undefined || slot === undefined) return;
    const cell = await arrivedCell(unit, held);
    if (cell === undefined) return;
    const own = await findPending(unit, held);
    if (own !== undefined && crypto.equal(own.hash, crypto.sha256(cell))) return begin(unit, held, own);
    const payload = readPayload(crypto, [{ key: slot.key, cell }]);
    if (!payload.ok && payload.error === "cell_not_opened" && source === "asShown") return askFor(unit, held);
    if (!payload.ok || payload.value.type !== "pointer") return passOver(unit, held, undefined);
    await fetchCommit(unit, held, payload.value.pointer);
  }

  async function arrivedCell(unit: Unit, { id, attempt }: HeldEpoch): Promise<Cell | undefined> {
    const sql = "SELECT cell FROM arrived WHERE epoch = ? AND leaf = ? AND step = ?";
    const [row] = await unit.sql.all(sql, [id, COMMIT_LEAF, attempt]);
    return row === undefined ? undefined : (bytesIn(row, "cell") as Cell);
  }

  async function heldNow(unit: Unit, epoch: number): Promise<HeldEpoch | undefined> {
    const held = await epochs.load(unit, epoch);
    return held?.retired === true ? undefined : held;
  }

  async function fetchCommit(
    unit: Unit,
    held: HeldEpoch,
    pointer: { seed: Uint8Array; length: number },
  ): Promise<void> {
    const conversation = await findConversation(unit, held.conversation);
    const inGroup = longestCommit(groups.members(held.epoch.group).length);
    const longest = PADDED * (conversation?.kind === "group" ? inGroup : MAX_DIRECT_COMMIT_BYTES);
    unit.before(held.store, async () => {
      const session = p.session(held.store);
      const answer =
        pointer.length > longest
          ? undefined
          : await session.whenOnline(() =>
              session.fetchObject(pointer.seed, longest, { feedOnly: missingSince.has(held.id) }),
            );
      const asSaid = answer?.type !== "object" || answer.bytes.length === pointer.length;
      await context.transact((later) => readFetched(later, held.id, asSaid ? answer : undefined));
    });
  }

  async function readFetched(unit: Unit, epoch: number, answer: ObjectAnswer | undefined): Promise<void> {
    const held = await heldNow(unit, epoch);
    if (held === undefined) return;
    const conversation = await findConversation(unit, held.conversation);
    const isThere = answer === undefined || answer.type === "object";
    // Between two, the other side starts anew.
    if (!isThere && conversation?.kind !== "group") return handlers.lost(unit, held.conversation);
    if (answer?.type === "absent") return missing(unit, held);
    const commit = answer?.type === "object" ? commitFromObject(answer.bytes) : undefined;
    await (commit === undefined ? passOver(unit, held, undefined) : process(unit, held, commit));
  }

  /**
   * What a commit's cell points at is not in the store. Whoever wrote the cell may write the rest
   * at any time, so no member of a group may go on without it: messages flow, changes wait, and
   * after a while the group counts as jammed.
   */
  async function missing(unit: Unit, held: HeldEpoch): Promise<void> {
    await dropOwn(unit, held.id);
    handlers.begun(unit);
    const since = missingSince.get(held.id) ?? clock.steady();
    missingSince.set(held.id, since);
    if (clock.steady() - since >= MISSING_PATIENCE_MS) await handlers.jammed(unit, held.conversation);
    unit.after(() => lookAgainLater(held.id));
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
  async function process(unit: Unit, held: HeldEpoch, commit: Uint8Array): Promise<void> {
    const check = await leafCheckIn(unit, held.conversation);
    if (check === undefined) return;
    const processed = await groups.processCommit(held.epoch.group, commit, { check, allows });
    // Our own commit, which we do not know: this device's state is older than what it has written.
    if (!processed.ok && processed.error.code === "own_commit") return handlers.lost(unit, held.conversation);
    if (!processed.ok && processed.error.code === "unopened") return unopened(unit, held, processed.error.by);
    if (!processed.ok) return passOver(unit, held, processed.error.by);
    const { state, sender, removedSelf, change, wipe } = processed.value;
    if (removedSelf) return leave(unit, held, sender, change);
    unit.after(wipe);
    const hash = crypto.sha256((await arrivedCell(unit, held)) ?? new Uint8Array(0));
    await begin(unit, held, { state, hash, keepsKeys: true, change, pendingBody: undefined, welcome: undefined });
  }

  /** Between two the other side starts over; in a group those ahead bring this device back. */
  async function unopened(unit: Unit, held: HeldEpoch, by: number | undefined): Promise<void> {
    const { conversation } = held;
    await dropOwn(unit, held.id);
    if ((await findConversation(unit, conversation))?.kind !== "group") return handlers.lost(unit, conversation);
    await handlers.unopened(unit, { conversation, held, by });
  }

  /**
   * Somebody put this device out. Whether those who stay can open the commit, this device cannot
   * see: it keeps the epoch for a while, and if they passed over the commit, the next attempt leads
   * on from it.
   */
  async function leave(unit: Unit, held: HeldEpoch, by: number, change: CommitChange): Promise<void> {
    const { conversation } = held;
    await dropOwn(unit, held.id);
    await epochs.saveAttempt(unit, { ...held, attempt: held.attempt + 1 });
    await handlers.putOut(unit, { conversation, before: held, by, change });
    unit.changed("status");
  }

  async function passOver(unit: Unit, held: HeldEpoch, by: number | undefined): Promise<void> {
    await moveOn(unit, held, (next) => handlers.ignored(unit, { conversation: next.conversation, held: next, by }));
  }

  async function giveUpUnopened(unit: Unit, held: HeldEpoch): Promise<void> {
    if ((await arrivedCell(unit, held)) !== undefined) await moveOn(unit, held, async () => undefined);
  }

  /** The next attempt of this epoch decides. */
  async function moveOn(unit: Unit, held: HeldEpoch, note: (next: HeldEpoch) => Promise<void>): Promise<void> {
    const { conversation } = held;
    await dropOwn(unit, held.id);
    const next = { ...held, attempt: held.attempt + 1 };
    await epochs.saveAttempt(unit, next);
    await note(next);
    if (next.attempt === COMMIT_ATTEMPTS) await handlers.jammed(unit, conversation);
    if (lookedBehind.has(held.id) && (await arrivedCell(unit, next)) === undefined) askFor(unit, next);
    else await read(unit, held.id, "asShown");
    handlers.begun(unit);
  }

  /** Our own commit of this attempt; undefined when there is none, or another has won. */
  async function findPending(unit: Unit, held: HeldEpoch): Promise<Begun | undefined> {
    const [row] = await unit.sql.all(
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

  async function begin(unit: Unit, held: HeldEpoch, begun: Begun): Promise<void> {
    const { conversation, generation, store, feed } = held;
    const { state, hash, keepsKeys, ...event } = begun;
    await remember(unit, held, state, hash);
    await dropOwn(unit, held.id);
    await unit.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ?", [held.id, COMMIT_LEAF]);
    const next = { conversation, generation, store, feed, group: state };
    const after = await epochs.start(unit, keepsKeys ? { ...next, since: held } : next);
    await handlers.settled(unit, { conversation, before: held, after, ...event });
    handlers.begun(unit);
  }

  /**
   * What won at which label, and what it led to: to notice a store that shows others something
   * else.
   */
  async function remember(unit: Unit, held: HeldEpoch, next: GroupState, hash: Uint8Array): Promise<void> {
    const { conversation, generation, number, epoch, attempt } = held;
    const label = epoch.commits[attempt]?.label ?? new Uint8Array(0);
    await unit.sql.run("INSERT OR REPLACE INTO settled_commits VALUES (?, ?, ?, ?, ?, ?)", [
      conversation,
      generation,
      number,
      label,
      hash,
      groups.epochAuthenticator(next),
    ]);
    await unit.sql.run("DELETE FROM settled_commits WHERE conversation = ? AND (generation < ? OR epoch_number <= ?)", [
      conversation,
      generation,
      number - REMEMBERED,
    ]);
  }

  async function dropOwn(unit: Unit, epoch: number): Promise<void> {
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [epoch]);
    await unit.sql.run("DELETE FROM outbox WHERE purpose = 'commit' AND reference LIKE ?", [`${epoch} %`]);
  }

  async function stored(unit: Unit, reference: string): Promise<void> {
    const held = await awaited(unit, reference);
    const own = held && (await findPending(unit, held));
    if (held !== undefined && own !== undefined) await begin(unit, held, own);
  }

  /**
   * Somebody else's commit stands there. Ours is kept as a mark, without its state, until the
   * winner has been read.
   */
  async function taken(unit: Unit, reference: string): Promise<void> {
    const held = await awaited(unit, reference);
    if (held === undefined) return;
    await unit.sql.run("UPDATE pending_commits SET next_state = x'', welcome = NULL WHERE epoch = ?", [held.id]);
    askFor(unit, held);
  }

  /**
   * The epoch of an answer, as long as that attempt is the one whose turn it is: the answer to an
   * earlier one comes late.
   */
  async function awaited(unit: Unit, reference: string): Promise<HeldEpoch | undefined> {
    const held = await heldNow(unit, Number(reference.split(" ")[0]));
    return held !== undefined && referenceOf(held) === reference ? held : undefined;
  }

  async function lookBehind(unit: Unit, epoch: number): Promise<void> {
    const held = await heldNow(unit, epoch);
    if (held === undefined) return;
    lookedBehind.add(held.id);
    askFor(unit, held);
  }

  /** The winner comes through the feed; it is asked for too, for a feed that does not show it. */
  function askFor(unit: Unit, held: HeldEpoch): void {
    const slot = held.epoch.commits[held.attempt];
    if (slot === undefined) return;
    unit.before(held.store, async () => {
      const cell = await p.session(held.store).cellAt(slot.label);
      await context.transact((later) => answered(later, held, cell));
    });
  }

  /**
   * Meanwhile the feed may have shown it, and it may have ended the epoch, or put us out: then
   * nothing of it is kept.
   */
  async function answered(unit: Unit, { id, attempt, conversation }: HeldEpoch, cell: Cell | undefined): Promise<void> {
    if ((await heldNow(unit, id))?.attempt !== attempt) return;
    if (cell === undefined) return lookedBehind.delete(id) ? handlers.caughtUp(unit, conversation) : undefined;
    await unit.sql.run("INSERT OR REPLACE INTO arrived VALUES (?, ?, ?, ?)", [id, COMMIT_LEAF, attempt, cell]);
    await read(unit, id, "asAsked");
  }

  async function resume(unit: Unit): Promise<void> {
    for (const row of await unit.sql.all("SELECT DISTINCT epoch FROM arrived WHERE leaf = ?", [COMMIT_LEAF])) {
      await read(unit, numberIn(row, "epoch"), "asShown");
    }
    for (const row of await unit.sql.all("SELECT epoch FROM pending_commits WHERE length(next_state) = 0")) {
      const held = await heldNow(unit, numberIn(row, "epoch"));
      if (held !== undefined) askFor(unit, held);
    }
  }

  return { propose, arrived, stored, taken, lookBehind, giveUpUnopened, resume };
}

/** How the outbox names a commit: its epoch and its attempt there. */
const referenceOf = ({ id, attempt }: HeldEpoch): string => `${id} ${attempt}`;
