import { chainOf, startEpoch, type ChainSlot, type GroupState } from "@pli/protocol/conversation";
import type { Context, Tx } from "../runtime/context.ts";
import { numberIn } from "../runtime/storage/row.ts";
import { encodeChains, encodeSlots, EPOCHS, heldFromRow, epochLabelsFromRow, outlookOf } from "./epoch-rows.ts";
import type { HeldEpoch } from "./epoch-rows.ts";
import { partOf } from "./group-bytes.ts";
import { createLabelWindows } from "./label-windows.ts";
import type { RevokedSenders } from "./revoked-senders.ts";
import type { EpochRoles } from "./epoch-roles.ts";
import { createWindows } from "./windows.ts";

export type { HeldEpoch } from "./epoch-rows.ts";

/**
 * Past epochs are kept for late senders: this many, this long (docs/protocol.md, section 4). Each
 * holds a whole tree.
 */
const KEPT_EPOCHS = 3;
const KEPT_OF_LARGE = 2;
const LARGE_GROUP = 50;
const KEPT_MS = 7 * 86_400_000;
/** More messages than in any epoch before its keys are renewed. */
export const WORN_OUT = 1_000_000_000;

/**
 * A group's state as it begins an epoch. `since`: the epoch before, when this device's leaf kept
 * its keys.
 */
interface NewEpoch {
  readonly conversation: string;
  readonly generation: number;
  readonly store: string;
  readonly feed: number;
  readonly group: GroupState;
  readonly since?: Pick<HeldEpoch, "sent" | "leafSince">;
  /** The epoch of this moment is another group's: it stays as it is until it is released. */
  readonly beside?: true;
}

/** The epochs of all conversations: in the database, and those in use in memory. */
export interface Epochs {
  load(tx: Tx, id: number): Promise<HeldEpoch | undefined>;
  current(tx: Tx, conversation: string): Promise<HeldEpoch | undefined>;
  /**
   * Opens the epoch a group has come to; the one before it is retired, those too old are erased.
   */
  start(tx: Tx, p: NewEpoch): Promise<HeldEpoch>;
  /** The epoch that another was opened beside is a past one from now on. */
  release(tx: Tx, id: number): Promise<void>;
  /** Saves what a message changed: the secrets of one leaf and its chain. */
  saveStep(tx: Tx, held: HeldEpoch, leaf: number): Promise<void>;
  saveAttempt(tx: Tx, held: HeldEpoch): Promise<void>;
  /**
   * Nothing more is to be sent in this epoch: this device's next message brings new keys, and with
   * them fresh labels.
   */
  wearOut(tx: Tx, id: number): Promise<void>;
  /** A cell of this sender is kept: more of theirs are expected. */
  hear(held: HeldEpoch, leaf: number): void;
  /** The slots of a chain from where it stands. */
  window(held: HeldEpoch, leaf: number): readonly ChainSlot[];
  /** Erases what is past and has been kept long enough. */
  eraseOld(tx: Tx): Promise<void>;
  /** Nothing of this conversation can be opened, or is expected, any more. */
  eraseAll(tx: Tx, conversation: string): Promise<void>;
}

export function createEpochs(
  context: Context,
  { epochRoles, revokedSenders }: { epochRoles: EpochRoles; revokedSenders: RevokedSenders },
): Epochs {
  const { crypto, groups, clock } = context;
  const held = new Map<number, HeldEpoch>();
  const windows = createWindows(crypto);
  const labelWindows = createLabelWindows(context.expectations, windows);

  context.onReload(async (tx) => {
    held.clear();
    windows.clear();
    for (const row of await tx.sql.all("SELECT DISTINCT epoch, leaf FROM arrived WHERE leaf >= 0"))
      windows.hear(numberIn(row, "epoch"), numberIn(row, "leaf"));
    for (const row of await tx.sql.all(EPOCHS)) labelWindows.expect(await epochLabelsFromRow(tx, row));
  });

  async function load(tx: Tx, id: number): Promise<HeldEpoch | undefined> {
    const known = held.get(id);
    if (known !== undefined) return known;
    const [row] = await tx.sql.all(`${EPOCHS} WHERE e.id = ?`, [id]);
    if (row === undefined) return undefined;
    const loaded = await heldFromRow(tx, groups, row);
    held.set(id, loaded);
    return loaded;
  }

  async function current(tx: Tx, conversation: string): Promise<HeldEpoch | undefined> {
    const [row] = await tx.sql.all(
      "SELECT id FROM epochs WHERE conversation = ? AND retired_at IS NULL ORDER BY id DESC LIMIT 1",
      [conversation],
    );
    return row === undefined ? undefined : load(tx, numberIn(row, "id"));
  }

  async function start(tx: Tx, p: NewEpoch): Promise<HeldEpoch> {
    const { conversation, generation, store, feed } = p;
    const { sent, leafSince } = p.since ?? { sent: 0, leafSince: clock.now() };
    const epoch = await startEpoch(context, p.group, feed);
    const number = Number(groups.epoch(p.group));
    const before = await current(tx, conversation);
    if (before !== undefined && p.beside === undefined) await retire(tx, before);
    await eraseBeyond(tx, conversation, epoch.chains.length > LARGE_GROUP ? KEPT_OF_LARGE : KEPT_EPOCHS);
    const fresh = { conversation, generation, number, store, feed, epoch, sent, leafSince };
    const started: HeldEpoch = { id: await insert(tx, fresh), ...fresh, attempt: 0, retired: false };
    held.set(started.id, started);
    labelWindows.expect(outlookOf(started));
    await noteRules(tx, started);
    if (before !== undefined) await revokedSenders.note(tx, before, started);
    return started;
  }

  /** What lists and timers need of the rules, without the group's state. */
  async function noteRules(tx: Tx, started: HeldEpoch): Promise<void> {
    const rules = epochRoles.rules(started);
    if (rules === undefined) return;
    const self = epochRoles.authorAt(started, started.epoch.ownLeaf) ?? "";
    await tx.sql.run("UPDATE conversations SET timer = ?, writable = ? WHERE id = ?", [
      rules.timer,
      epochRoles.mayWrite(started, self) ? 1 : 0,
      started.conversation,
    ]);
    tx.changed("conversations");
  }

  async function insert(tx: Tx, fresh: Omit<HeldEpoch, "id" | "attempt" | "retired">): Promise<number> {
    const { conversation, generation, number, epoch, sent, leafSince } = fresh;
    const [row] = await tx.sql.all(
      `INSERT INTO epochs (conversation, generation, number, own_leaf, commits, call_secret, sent, leaf_since)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [
        conversation,
        generation,
        number,
        epoch.ownLeaf,
        encodeSlots(epoch.commits),
        epoch.callSecret ?? null,
        sent,
        leafSince,
      ],
    );
    const id = numberIn(row ?? {}, "id");
    await saveGroup(tx, id, epoch);
    return id;
  }

  /**
   * The whole of an epoch, once: what a message changes of it is small, and saved by `saveStep`.
   */
  async function saveGroup(tx: Tx, id: number, epoch: HeldEpoch["epoch"]): Promise<void> {
    const state = groups.encodeState(epoch.group);
    await tx.sql.run("INSERT OR REPLACE INTO epoch_states (epoch, group_state) VALUES (?, ?)", [id, state]);
    for (let part = 0; part < groups.leafParts(epoch.group); part++) await savePart(tx, id, epoch, part);
  }

  async function savePart(tx: Tx, id: number, epoch: HeldEpoch["epoch"], part: number): Promise<void> {
    const chains = epoch.chains.filter(({ leaf }) => partOf(leaf) === part);
    await tx.sql.run(
      `INSERT INTO leaf_parts (epoch, part, secrets, chains) VALUES (?, ?, ?, ?)
       ON CONFLICT (epoch, part) DO UPDATE SET secrets = excluded.secrets, chains = excluded.chains`,
      [id, part, groups.encodeLeafPart(epoch.group, part), encodeChains(chains)],
    );
  }

  /** The current epoch becomes a past one: it opens late messages, and leads nowhere. */
  async function retire(tx: Tx, before: HeldEpoch): Promise<void> {
    const { group, ownLeaf, chains } = before.epoch;
    const others = chains.filter(({ leaf }) => leaf !== ownLeaf);
    await saveGroup(tx, before.id, { ...before.epoch, group: groups.readOnly(group), chains: others });
    const none = new Uint8Array(0);
    await tx.sql.run("UPDATE epochs SET retired_at = ?, commits = ? WHERE id = ?", [clock.now(), none, before.id]);
    await tx.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [before.id]);
    held.delete(before.id);
    labelWindows.retire(before.id);
  }

  async function release(tx: Tx, id: number): Promise<void> {
    const left = await load(tx, id);
    if (left !== undefined && !left.retired) await retire(tx, left);
  }

  async function eraseBeyond(tx: Tx, conversation: string, kept: number): Promise<void> {
    const rows = await tx.sql.all(
      "SELECT id FROM epochs WHERE conversation = ? AND retired_at IS NOT NULL ORDER BY id DESC",
      [conversation],
    );
    for (const row of rows.slice(kept)) await erase(tx, numberIn(row, "id"));
  }

  async function eraseOld(tx: Tx): Promise<void> {
    const now = clock.now();
    // The clock was put back since: what is on the way may still need them, and a week is counted
    // from here.
    await tx.sql.run("UPDATE epochs SET retired_at = ? WHERE retired_at > ?", [now, now]);
    const rows = await tx.sql.all("SELECT id FROM epochs WHERE retired_at < ?", [now - KEPT_MS]);
    for (const row of rows) await erase(tx, numberIn(row, "id"));
  }

  async function erase(tx: Tx, id: number): Promise<void> {
    held.delete(id);
    labelWindows.forget(id);
    for (const table of ["epoch_states", "leaf_parts", "probes", "arrived", "pending_commits"] as const) {
      await tx.sql.run(`DELETE FROM ${table} WHERE epoch = ?`, [id]);
    }
    await revokedSenders.forget(tx, id);
    await tx.sql.run("DELETE FROM epochs WHERE id = ?", [id]);
  }

  async function saveStep(tx: Tx, next: HeldEpoch, leaf: number): Promise<void> {
    await savePart(tx, next.id, next.epoch, partOf(leaf));
    if (leaf === next.epoch.ownLeaf) {
      await tx.sql.run("UPDATE epochs SET sent = ? WHERE id = ?", [next.sent, next.id]);
    }
    held.set(next.id, next);
    labelWindows.expectChain(outlookOf(next), chainOf(next.epoch, leaf));
  }

  async function saveAttempt(tx: Tx, next: HeldEpoch): Promise<void> {
    await tx.sql.run("UPDATE epochs SET attempt = ? WHERE id = ?", [next.attempt, next.id]);
    held.set(next.id, next);
    labelWindows.expectCommit(outlookOf(next));
  }

  async function wearOut(tx: Tx, id: number): Promise<void> {
    const worn = await load(tx, id);
    if (worn === undefined || worn.retired) return;
    await tx.sql.run("UPDATE epochs SET sent = ? WHERE id = ?", [WORN_OUT, id]);
    held.set(id, { ...worn, sent: WORN_OUT });
  }

  function hear(value: HeldEpoch, leaf: number): void {
    windows.hear(value.id, leaf);
    labelWindows.expectChain(outlookOf(value), chainOf(value.epoch, leaf));
  }

  async function eraseAll(tx: Tx, conversation: string): Promise<void> {
    const rows = await tx.sql.all("SELECT id FROM epochs WHERE conversation = ?", [conversation]);
    for (const row of rows) await erase(tx, numberIn(row, "id"));
  }

  return {
    load,
    current,
    start,
    release,
    saveStep,
    saveAttempt,
    wearOut,
    hear,
    window: (value, leaf) => windows.of(value.id, chainOf(value.epoch, leaf), value.feed, value.epoch.chains.length),
    eraseOld,
    eraseAll,
  };
}
