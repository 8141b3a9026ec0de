import { readPayload, type GroupState } from "@pli/protocol/conversation";
import type { Cell } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import type { ObjectAnswer } from "../feed/fetching.ts";
import type { Session } from "../feed/session.ts";
import type { Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { bytesIn, damaged, numberIn } from "../storage/row.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";

/** A commit's cell is kept among the arrived ones under this leaf, which no member has. */
export const COMMIT_LEAF = -1;
const MAX_COMMIT_BYTES = 1024 * 1024;

/** Group changes: what is written first at the one label an epoch allows is its history (docs/protocol.md, section 5). */
export interface Commits {
  /** A cell stands at the label of an attempt. */
  arrived(unit: Unit, held: HeldEpoch, attempt: number, cell: Cell): Promise<void>;
  /** Our own commit was stored at its label, or another was there. */
  stored(unit: Unit, epoch: number): Promise<void>;
  taken(unit: Unit, epoch: number): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(unit: Unit): Promise<void>;
}

export function createCommits(
  context: Context,
  p: {
    epochs: Epochs;
    profiles: Profiles;
    contacts: Contacts;
    session(store: string): Session;
    /** This conversation cannot go on from the state we hold. */
    lost(unit: Unit, conversation: string): Promise<void>;
    /** A new epoch has begun. */
    begun(unit: Unit): void;
  },
): Commits {
  const { crypto, groups } = context;
  const { epochs, profiles, contacts } = p;

  async function arrived(unit: Unit, held: HeldEpoch, attempt: number, cell: Cell): Promise<void> {
    await unit.sql.run("INSERT OR IGNORE INTO arrived VALUES (?, ?, ?, ?)", [held.id, COMMIT_LEAF, attempt, cell]);
    await read(unit, held.id, "asShown");
  }

  /** Reads the commit of the attempt whose turn it is. `asShown`: by the feed; `asAsked`: the store was asked for it. */
  async function read(unit: Unit, epoch: number, source: "asShown" | "asAsked"): Promise<void> {
    const held = await heldNow(unit, epoch);
    const slot = held?.epoch.commits[held.attempt];
    if (held === undefined || slot === undefined) return;
    const [row] = await unit.sql.all("SELECT cell FROM arrived WHERE epoch = ? AND leaf = ? AND step = ?", [
      epoch,
      COMMIT_LEAF,
      held.attempt,
    ]);
    if (row === undefined) return;
    const cell = bytesIn(row, "cell") as Cell;
    if (await isOurs(unit, held, cell)) return adoptOwn(unit, held);
    const payload = readPayload(crypto, [{ key: slot.key, cell }]);
    if (!payload.ok && payload.error === "cell_not_opened" && source === "asShown") return askFor(unit, held);
    if (payload.ok && payload.value.type === "message") return process(unit, held, payload.value.message);
    if (!payload.ok || payload.value.type !== "pointer") return nextAttempt(unit, held);
    fetchCommit(unit, held, payload.value.pointer);
  }

  async function heldNow(unit: Unit, epoch: number): Promise<HeldEpoch | undefined> {
    const held = await epochs.load(unit, epoch);
    return held?.retired === true ? undefined : held;
  }

  function fetchCommit(unit: Unit, held: HeldEpoch, pointer: { seed: Uint8Array; length: number }): void {
    unit.before(held.store, async () => {
      const session = p.session(held.store);
      const tooLong = pointer.length > MAX_COMMIT_BYTES;
      const answer = tooLong
        ? undefined
        : await session.whenOnline(() => session.fetchObject(pointer.seed, MAX_COMMIT_BYTES));
      const asSaid = answer?.type !== "object" || answer.bytes.length === pointer.length;
      await context.transact((later) => readFetched(later, held.id, asSaid ? answer : undefined));
    });
  }

  async function readFetched(unit: Unit, epoch: number, answer: ObjectAnswer | undefined): Promise<void> {
    const held = await heldNow(unit, epoch);
    if (held === undefined) return;
    if (answer === undefined) return nextAttempt(unit, held);
    if (answer.type === "object") return process(unit, held, answer.bytes);
    await p.lost(unit, held.conversation);
  }

  /** A winner that the rules do not allow is passed over by every member alike: the next attempt decides. */
  async function process(unit: Unit, held: HeldEpoch, commit: Uint8Array): Promise<void> {
    const contact = await contacts.ofConversation(unit, held.conversation);
    if (contact === undefined) return;
    const check = contacts.leafCheck(await profiles.get(unit), contact.card, "any time");
    const processed = await groups.processCommit(held.epoch.group, commit, { check });
    // Our own commit, which we do not know: this device's state is older than what it has written.
    if (!processed.ok && processed.error === "own_commit") return p.lost(unit, held.conversation);
    const stays = processed.ok && groups.members(processed.value.state).length === 2 && !processed.value.removedSelf;
    if (!stays) return nextAttempt(unit, held);
    await begin(unit, held, processed.value.state, held);
    unit.after(processed.value.wipe);
  }

  async function nextAttempt(unit: Unit, held: HeldEpoch): Promise<void> {
    await dropOwn(unit, held.id);
    await epochs.saveAttempt(unit, { ...held, attempt: held.attempt + 1 });
    await read(unit, held.id, "asShown");
    p.begun(unit);
  }

  async function isOurs(unit: Unit, held: HeldEpoch, cell: Cell): Promise<boolean> {
    if ((await pendingState(unit, held)) === undefined) return false;
    const own = "SELECT puts FROM outbox WHERE purpose = 'commit' AND reference = ?";
    const [row] = await unit.sql.all(own, [String(held.id)]);
    return row !== undefined && endsWith(bytesIn(row, "puts"), cell);
  }

  /** Where our own commit leads; undefined when there is none, or another has won. */
  async function pendingState(unit: Unit, held: HeldEpoch): Promise<GroupState | undefined> {
    const [row] = await unit.sql.all("SELECT next_state FROM pending_commits WHERE epoch = ? AND attempt = ?", [
      held.id,
      held.attempt,
    ]);
    const bytes = row === undefined ? undefined : bytesIn(row, "next_state");
    if (bytes === undefined || bytes.length === 0) return undefined;
    const state = groups.parseState(bytes);
    return state.ok ? state.value : damaged("next_state");
  }

  async function adoptOwn(unit: Unit, held: HeldEpoch): Promise<void> {
    const next = await pendingState(unit, held);
    if (next !== undefined) await begin(unit, held, next);
  }

  async function begin(unit: Unit, held: HeldEpoch, group: GroupState, since?: HeldEpoch): Promise<void> {
    const { conversation, generation, store, feed } = held;
    await dropOwn(unit, held.id);
    await unit.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ?", [held.id, COMMIT_LEAF]);
    const next = { conversation, generation, store, feed, group };
    await epochs.start(unit, since === undefined ? next : { ...next, since });
    p.begun(unit);
  }

  async function dropOwn(unit: Unit, epoch: number): Promise<void> {
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [epoch]);
    await unit.sql.run("DELETE FROM outbox WHERE purpose = 'commit' AND reference = ?", [String(epoch)]);
  }

  async function stored(unit: Unit, epoch: number): Promise<void> {
    const held = await heldNow(unit, epoch);
    if (held !== undefined) await adoptOwn(unit, held);
  }

  /** Somebody else's commit stands there. Ours is kept as a mark, without its state, until the winner has been read. */
  async function taken(unit: Unit, epoch: number): Promise<void> {
    const held = await heldNow(unit, epoch);
    if (held === undefined) return;
    await unit.sql.run("UPDATE pending_commits SET next_state = x'' WHERE epoch = ?", [epoch]);
    askFor(unit, held);
  }

  /** The winner comes through the feed; it is asked for too, for a feed that does not show it. */
  function askFor(unit: Unit, held: HeldEpoch): void {
    const slot = held.epoch.commits[held.attempt];
    if (slot === undefined) return;
    unit.before(held.store, async () => {
      const session = p.session(held.store);
      const cell = await session.whenOnline(() => session.link.get(slot.label));
      if (cell === undefined) return;
      await context.transact(async (later) => {
        await later.sql.run("INSERT OR REPLACE INTO arrived VALUES (?, ?, ?, ?)", [
          held.id,
          COMMIT_LEAF,
          held.attempt,
          cell,
        ]);
        await read(later, held.id, "asAsked");
      });
    });
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

  return { arrived, stored, taken, resume };
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = bytes.length - end.length;
  return from >= 0 && end.every((byte, i) => bytes[from + i] === byte);
}
