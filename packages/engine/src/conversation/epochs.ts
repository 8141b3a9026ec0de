import { chainOf, startEpoch, type ChainSlot, type GroupState } from "@pli/protocol/conversation";
import type { Context, Unit } from "../core/context.ts";
import { numberIn } from "../storage/row.ts";
import { encodeSlots, EPOCHS, heldFromRow, outlookFromRow, outlookOf, type HeldEpoch } from "./epoch-rows.ts";
import { createOutlooks } from "./outlooks.ts";
import { createWindows } from "./windows.ts";

export type { HeldEpoch } from "./epoch-rows.ts";

/** Past epochs are kept for late senders: this many, this long (docs/protocol.md, section 4). */
const KEPT_EPOCHS = 3;
const KEPT_MS = 7 * 86_400_000;

/** A group's state as it begins an epoch. `since`: the epoch before, when this device's leaf kept its keys. */
interface NewEpoch {
  readonly conversation: string;
  readonly generation: number;
  readonly store: string;
  readonly feed: number;
  readonly group: GroupState;
  readonly since?: Pick<HeldEpoch, "sent" | "leafSince">;
}

/** The epochs of all conversations: in the database, and those in use in memory. */
export interface Epochs {
  load(unit: Unit, id: number): Promise<HeldEpoch | undefined>;
  current(unit: Unit, conversation: string): Promise<HeldEpoch | undefined>;
  /** Opens the epoch a group has come to; the one before it is retired, those too old are erased. */
  start(unit: Unit, p: NewEpoch): Promise<HeldEpoch>;
  /** Saves what a message changed: the group and the chain of one leaf. */
  saveStep(unit: Unit, held: HeldEpoch, leaf: number): Promise<void>;
  saveAttempt(unit: Unit, held: HeldEpoch): Promise<void>;
  /** The slots of a chain from where it stands. */
  window(held: HeldEpoch, leaf: number): readonly ChainSlot[];
  /** Erases what is past and has been kept long enough. */
  eraseOld(unit: Unit): Promise<void>;
  /** Nothing of this conversation can be opened, or is expected, any more. */
  eraseAll(unit: Unit, conversation: string): Promise<void>;
}

export function createEpochs(context: Context): Epochs {
  const { crypto, groups, clock } = context;
  const held = new Map<number, HeldEpoch>();
  const windows = createWindows(crypto);
  const outlooks = createOutlooks(context.expectations, windows);

  context.onReload(async (unit) => {
    held.clear();
    windows.clear();
    for (const row of await unit.sql.all(EPOCHS)) outlooks.expect(await outlookFromRow(unit, row));
  });

  async function load(unit: Unit, id: number): Promise<HeldEpoch | undefined> {
    const known = held.get(id);
    if (known !== undefined) return known;
    const [row] = await unit.sql.all(`${EPOCHS} WHERE e.id = ?`, [id]);
    if (row === undefined) return undefined;
    const loaded = await heldFromRow(unit, groups, row);
    held.set(id, loaded);
    return loaded;
  }

  async function current(unit: Unit, conversation: string): Promise<HeldEpoch | undefined> {
    const [row] = await unit.sql.all(
      "SELECT id FROM epochs WHERE conversation = ? AND retired_at IS NULL ORDER BY id DESC LIMIT 1",
      [conversation],
    );
    return row === undefined ? undefined : load(unit, numberIn(row, "id"));
  }

  async function start(unit: Unit, p: NewEpoch): Promise<HeldEpoch> {
    const { conversation, generation, store, feed } = p;
    const { sent, leafSince } = p.since ?? { sent: 0, leafSince: clock.now() };
    const epoch = await startEpoch(context, p.group, feed);
    const number = Number(groups.epoch(p.group));
    const before = await current(unit, conversation);
    if (before !== undefined) await retire(unit, before);
    await eraseBeyond(unit, conversation);
    const fresh = { conversation, generation, number, store, feed, epoch, sent, leafSince };
    const started: HeldEpoch = { id: await insert(unit, fresh), ...fresh, attempt: 0, retired: false };
    held.set(started.id, started);
    outlooks.expect(outlookOf(started));
    return started;
  }

  async function insert(unit: Unit, fresh: Omit<HeldEpoch, "id" | "attempt" | "retired">): Promise<number> {
    const { conversation, generation, number, epoch, sent, leafSince } = fresh;
    const state = groups.encodeState(epoch.group);
    const [row] = await unit.sql.all(
      `INSERT INTO epochs (conversation, generation, number, group_state, own_leaf, commits, sent, leaf_since)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [conversation, generation, number, state, epoch.ownLeaf, encodeSlots(epoch.commits), sent, leafSince],
    );
    const id = numberIn(row ?? {}, "id");
    for (const { leaf, index, secret } of epoch.chains) {
      await unit.sql.run("INSERT INTO chains (epoch, leaf, step, secret) VALUES (?, ?, ?, ?)", [
        id,
        leaf,
        index,
        secret,
      ]);
    }
    return id;
  }

  /** The current epoch becomes a past one: it opens late messages, and leads nowhere. */
  async function retire(unit: Unit, before: HeldEpoch): Promise<void> {
    const group = groups.readOnly(before.epoch.group);
    const none = new Uint8Array(0);
    await unit.sql.run("UPDATE epochs SET retired_at = ?, group_state = ?, commits = ? WHERE id = ?", [
      clock.now(),
      groups.encodeState(group),
      none,
      before.id,
    ]);
    await unit.sql.run("DELETE FROM chains WHERE epoch = ? AND leaf = ?", [before.id, before.epoch.ownLeaf]);
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [before.id]);
    held.delete(before.id);
    outlooks.retire(before.id);
  }

  async function eraseBeyond(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all("SELECT id FROM epochs WHERE conversation = ? ORDER BY id DESC", [conversation]);
    for (const row of rows.slice(KEPT_EPOCHS)) await erase(unit, numberIn(row, "id"));
  }

  async function eraseOld(unit: Unit): Promise<void> {
    const rows = await unit.sql.all("SELECT id FROM epochs WHERE retired_at < ?", [clock.now() - KEPT_MS]);
    for (const row of rows) await erase(unit, numberIn(row, "id"));
  }

  async function erase(unit: Unit, id: number): Promise<void> {
    held.delete(id);
    outlooks.forget(id);
    await unit.sql.run("DELETE FROM chains WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM arrived WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM epochs WHERE id = ?", [id]);
  }

  async function saveStep(unit: Unit, next: HeldEpoch, leaf: number): Promise<void> {
    const chain = chainOf(next.epoch, leaf);
    await unit.sql.run("UPDATE epochs SET group_state = ?, sent = ? WHERE id = ?", [
      groups.encodeState(next.epoch.group),
      next.sent,
      next.id,
    ]);
    await unit.sql.run("UPDATE chains SET step = ?, secret = ? WHERE epoch = ? AND leaf = ?", [
      chain.index,
      chain.secret,
      next.id,
      leaf,
    ]);
    held.set(next.id, next);
    outlooks.expectChain(outlookOf(next), chain);
  }

  async function saveAttempt(unit: Unit, next: HeldEpoch): Promise<void> {
    await unit.sql.run("UPDATE epochs SET attempt = ? WHERE id = ?", [next.attempt, next.id]);
    held.set(next.id, next);
    outlooks.expectCommit(outlookOf(next));
  }

  async function eraseAll(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all("SELECT id FROM epochs WHERE conversation = ?", [conversation]);
    for (const row of rows) await erase(unit, numberIn(row, "id"));
  }

  return {
    load,
    current,
    start,
    saveStep,
    saveAttempt,
    window: (value, leaf) => windows.of(value.id, chainOf(value.epoch, leaf), value.feed),
    eraseOld,
    eraseAll,
  };
}
