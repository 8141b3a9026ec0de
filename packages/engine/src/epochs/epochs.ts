import { chainOf, startEpoch, type ChainSlot, type GroupState } from "@pli/protocol/conversation";
import type { Context, Tx } from "../runtime/context.ts";
import { deleteCells, listSenders } from "./arrived.table.ts";
import { saveRules } from "./conversations.table.ts";
import * as table from "./epochs.table.ts";
import type { HeldEpoch } from "./epochs.table.ts";
import { deleteGroup, saveGroup, saveLeafPart } from "./leaf-parts.table.ts";
import { deletePendingCommit } from "./pending-commits.table.ts";
import { deleteProbes } from "./probes.table.ts";
import { partOf } from "./group-bytes.ts";
import { createLabelWindows } from "./label-windows.ts";
import type { RevokedSenders } from "./revoked-senders.ts";
import type { EpochRoles } from "./epoch-roles.ts";
import { createWindows } from "./windows.ts";

export type { HeldEpoch } from "./epochs.table.ts";

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
  /** The conversations in whose current epoch nothing more is to be sent. */
  listWornOut(tx: Tx): Promise<string[]>;
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
    for (const { epoch, leaf } of await listSenders(tx)) windows.hear(epoch, leaf);
    for (const labels of await table.listEpochLabels(tx)) labelWindows.expect(labels);
  });

  async function load(tx: Tx, id: number): Promise<HeldEpoch | undefined> {
    const known = held.get(id);
    if (known !== undefined) return known;
    const loaded = await table.findEpoch(tx, groups, id);
    if (loaded !== undefined) held.set(id, loaded);
    return loaded;
  }

  async function current(tx: Tx, conversation: string): Promise<HeldEpoch | undefined> {
    const id = await table.currentEpochId(tx, conversation);
    return id === undefined ? undefined : load(tx, id);
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
    const id = await table.insertEpoch(tx, fresh);
    await saveGroup(tx, groups, id, epoch);
    const started: HeldEpoch = { id, ...fresh, attempt: 0, retired: false };
    held.set(id, started);
    labelWindows.expect(table.labelsOf(started));
    await noteRules(tx, started);
    if (before !== undefined) await revokedSenders.note(tx, before, started);
    return started;
  }

  /** What lists and timers need of the rules, without the group's state. */
  async function noteRules(tx: Tx, started: HeldEpoch): Promise<void> {
    const rules = epochRoles.rules(started);
    if (rules === undefined) return;
    const self = epochRoles.authorAt(started, started.epoch.ownLeaf) ?? "";
    const isWritable = epochRoles.mayWrite(started, self);
    await saveRules(tx, started.conversation, { timer: rules.timer, isWritable });
  }

  /** The current epoch becomes a past one: it opens late messages, and leads nowhere. */
  async function retire(tx: Tx, before: HeldEpoch): Promise<void> {
    const { group, ownLeaf, chains } = before.epoch;
    const others = chains.filter(({ leaf }) => leaf !== ownLeaf);
    await saveGroup(tx, groups, before.id, { ...before.epoch, group: groups.readOnly(group), chains: others });
    await table.retireEpoch(tx, before.id, clock.now());
    await deletePendingCommit(tx, before.id);
    held.delete(before.id);
    labelWindows.retire(before.id);
  }

  async function release(tx: Tx, id: number): Promise<void> {
    const left = await load(tx, id);
    if (left !== undefined && !left.retired) await retire(tx, left);
  }

  async function eraseBeyond(tx: Tx, conversation: string, kept: number): Promise<void> {
    for (const id of (await table.listRetired(tx, conversation)).slice(kept)) await erase(tx, id);
  }

  async function eraseOld(tx: Tx): Promise<void> {
    const now = clock.now();
    for (const id of await table.listRetiredBefore(tx, now - KEPT_MS, now)) await erase(tx, id);
  }

  async function erase(tx: Tx, id: number): Promise<void> {
    held.delete(id);
    labelWindows.forget(id);
    await deleteGroup(tx, id);
    await deleteProbes(tx, id);
    await deleteCells(tx, id);
    await deletePendingCommit(tx, id);
    await revokedSenders.forget(tx, id);
    await table.deleteEpoch(tx, id);
  }

  async function saveStep(tx: Tx, next: HeldEpoch, leaf: number): Promise<void> {
    await saveLeafPart(tx, groups, next.id, next.epoch, partOf(leaf));
    if (leaf === next.epoch.ownLeaf) await table.saveSent(tx, next.id, next.sent);
    held.set(next.id, next);
    labelWindows.expectChain(table.labelsOf(next), chainOf(next.epoch, leaf));
  }

  async function saveAttempt(tx: Tx, next: HeldEpoch): Promise<void> {
    await table.saveAttempt(tx, next.id, next.attempt);
    held.set(next.id, next);
    labelWindows.expectCommit(table.labelsOf(next));
  }

  async function wearOut(tx: Tx, id: number): Promise<void> {
    const worn = await load(tx, id);
    if (worn === undefined || worn.retired) return;
    await table.saveSent(tx, id, WORN_OUT);
    held.set(id, { ...worn, sent: WORN_OUT });
  }

  function hear(value: HeldEpoch, leaf: number): void {
    windows.hear(value.id, leaf);
    labelWindows.expectChain(table.labelsOf(value), chainOf(value.epoch, leaf));
  }

  async function eraseAll(tx: Tx, conversation: string): Promise<void> {
    for (const id of await table.listEpochIds(tx, conversation)) await erase(tx, id);
  }

  return {
    load,
    current,
    start,
    release,
    saveStep,
    saveAttempt,
    wearOut,
    listWornOut: (tx) => table.listSentAtLeast(tx, WORN_OUT),
    hear,
    window: (value, leaf) => windows.of(value.id, chainOf(value.epoch, leaf), value.feed, value.epoch.chains.length),
    eraseOld,
    eraseAll,
  };
}

/** An epoch, unless it is a past one. */
export async function loadUnlessPast(epochs: Epochs, tx: Tx, id: number): Promise<HeldEpoch | undefined> {
  const held = await epochs.load(tx, id);
  return held?.retired === true ? undefined : held;
}
