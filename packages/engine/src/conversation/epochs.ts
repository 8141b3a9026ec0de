import {
  CHAIN_WINDOW,
  chainSlot,
  chainWindow,
  startEpoch,
  type Chain,
  type Epoch,
  type GroupState,
  type Slot,
} from "@pli/protocol/conversation";
import { concat } from "@pli/protocol/crypto";
import { LABEL_BYTES, type Label } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import type { Expectation } from "../feed/expectations.ts";
import type { SqlRow } from "../ports.ts";
import { bytesIn, damaged, numberIn, textIn } from "../storage/row.ts";

/** Past epochs are kept for late senders: this many, this long (docs/protocol.md, section 4). */
const KEPT_EPOCHS = 3;
const KEPT_MS = 7 * 86_400_000;
const SLOT_BYTES = LABEL_BYTES + 32;

/** An epoch of a conversation as this device keeps it. A value: `save` replaces it. */
export interface HeldEpoch {
  readonly id: number;
  readonly conversation: string;
  readonly generation: number;
  readonly number: number;
  readonly feed: number;
  readonly epoch: Epoch;
  /** The commit attempt whose turn it is. */
  readonly attempt: number;
  /** Messages this device sent since its leaf has its keys, and since when it has them. */
  readonly sent: number;
  readonly leafSince: number;
  readonly retired: boolean;
}

/** What is needed to expect an epoch's cells: no MLS state. */
interface Outlook {
  readonly id: number;
  readonly ownLeaf: number;
  readonly chains: readonly Chain[];
  readonly commits: readonly Slot[];
  readonly attempt: number;
  readonly feed: number;
  readonly retired: boolean;
}

/** A group's state as it begins an epoch. `since`: the epoch before, when this device's leaf kept its keys. */
interface NewEpoch {
  readonly conversation: string;
  readonly generation: number;
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
  window(held: HeldEpoch, leaf: number, count?: number): { step: number; label: Label; key: Uint8Array }[];
  /** Stops expecting anything of a conversation; its rows stay. */
  ignore(unit: Unit, conversation: string): Promise<void>;
  eraseAll(unit: Unit, conversation: string): Promise<void>;
}

export function createEpochs(context: Context): Epochs {
  const { crypto, groups, clock, expectations } = context;
  const held = new Map<number, HeldEpoch>();

  context.onReload(async (unit) => {
    held.clear();
    const rows = await unit.sql.all(
      `SELECT e.*, c.feed FROM epochs e JOIN conversations c ON c.id = e.conversation
       WHERE c.contact NOT IN (SELECT id FROM contacts WHERE blocked)`,
    );
    for (const row of rows) expect(await outlookFromRow(unit, row));
  });

  async function load(unit: Unit, id: number): Promise<HeldEpoch | undefined> {
    const known = held.get(id);
    if (known !== undefined) return known;
    const [row] = await unit.sql.all(
      "SELECT e.*, c.feed FROM epochs e JOIN conversations c ON c.id = e.conversation WHERE e.id = ?",
      [id],
    );
    if (row === undefined) return undefined;
    const loaded = await heldFromRow(unit, row);
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
    const { sent, leafSince } = p.since ?? { sent: 0, leafSince: clock.now() };
    const epoch = await startEpoch(context, p.group, p.feed);
    const number = Number(groups.epoch(p.group));
    await retire(unit, p.conversation);
    const [row] = await unit.sql.all(
      `INSERT INTO epochs (conversation, generation, number, group_state, own_leaf, commits, sent, leaf_since)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [
        p.conversation,
        p.generation,
        number,
        groups.encodeState(p.group),
        epoch.ownLeaf,
        encodeSlots(epoch.commits),
        sent,
        leafSince,
      ],
    );
    const id = numberIn(row ?? {}, "id");
    for (const chain of epoch.chains) {
      await unit.sql.run("INSERT INTO chains VALUES (?, ?, ?, ?)", [id, chain.leaf, chain.index, chain.secret]);
    }
    const { conversation, generation, feed } = p;
    const started: HeldEpoch = {
      id,
      conversation,
      generation,
      number,
      feed,
      epoch,
      attempt: 0,
      sent,
      leafSince,
      retired: false,
    };
    remember(started);
    return started;
  }

  /** The current epoch becomes a past one; past ones beyond what is kept leave with their keys. */
  async function retire(unit: Unit, conversation: string): Promise<void> {
    const now = clock.now();
    await unit.sql.run("UPDATE epochs SET retired_at = ? WHERE conversation = ? AND retired_at IS NULL", [
      now,
      conversation,
    ]);
    const rows = await unit.sql.all("SELECT id, retired_at FROM epochs WHERE conversation = ? ORDER BY id DESC", [
      conversation,
    ]);
    for (const [age, row] of rows.entries()) {
      const id = numberIn(row, "id");
      if (age >= KEPT_EPOCHS || now - numberIn(row, "retired_at") > KEPT_MS) await erase(unit, id);
      else noteRetired(id);
    }
  }

  function noteRetired(id: number): void {
    const known = held.get(id);
    if (known !== undefined) held.set(id, { ...known, retired: true });
    expectations.drop(`commit ${id};`);
    expectations.drop(`own ${id};`);
  }

  async function erase(unit: Unit, id: number): Promise<void> {
    held.delete(id);
    forget(id);
    await unit.sql.run("DELETE FROM chains WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM arrived WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [id]);
    await unit.sql.run("DELETE FROM epochs WHERE id = ?", [id]);
  }

  async function saveStep(unit: Unit, next: HeldEpoch, leaf: number): Promise<void> {
    const chain = next.epoch.chains.find((candidate) => candidate.leaf === leaf);
    if (chain === undefined) throw new RangeError("no such leaf");
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
    expectChain(outlook(next), chain);
  }

  async function saveAttempt(unit: Unit, next: HeldEpoch): Promise<void> {
    await unit.sql.run("UPDATE epochs SET attempt = ? WHERE id = ?", [next.attempt, next.id]);
    held.set(next.id, next);
    expectCommit(outlook(next));
  }

  function remember(value: HeldEpoch): void {
    held.set(value.id, value);
    expect(outlook(value));
  }

  function expect(view: Outlook): void {
    for (const chain of view.chains) expectChain(view, chain);
    expectCommit(view);
  }

  function expectChain(view: Outlook, chain: Chain): void {
    if (chain.leaf === view.ownLeaf) return expectOwn(view, chain);
    const slots = chainWindow(crypto, chain, view.feed, CHAIN_WINDOW);
    expectations.set(
      `chain ${view.id};${chain.leaf}`,
      slots.map(({ label, index }) => ({
        label,
        expectation: { kind: "chain", epoch: view.id, leaf: chain.leaf, step: index },
      })),
    );
  }

  function expectOwn(view: Outlook, chain: Chain): void {
    if (view.retired) return;
    const expectation: Expectation = { kind: "own", epoch: view.id };
    expectations.set(`own ${view.id};`, [{ label: chainSlot(crypto, chain, view.feed).label, expectation }]);
  }

  function expectCommit(view: Outlook): void {
    const slot = view.commits[view.attempt];
    if (view.retired || slot === undefined) return expectations.drop(`commit ${view.id};`);
    const expectation: Expectation = { kind: "commit", epoch: view.id, attempt: view.attempt };
    expectations.set(`commit ${view.id};`, [{ label: slot.label, expectation }]);
  }

  function forget(id: number): void {
    for (const kind of ["chain", "own", "commit"]) expectations.drop(`${kind} ${id};`);
  }

  async function ignore(unit: Unit, conversation: string): Promise<void> {
    for (const id of await idsOf(unit, conversation)) forget(id);
  }

  async function eraseAll(unit: Unit, conversation: string): Promise<void> {
    for (const id of await idsOf(unit, conversation)) await erase(unit, id);
  }

  async function heldFromRow(unit: Unit, row: SqlRow): Promise<HeldEpoch> {
    const view = await outlookFromRow(unit, row);
    const group = groups.parseState(bytesIn(row, "group_state"));
    if (!group.ok) return damaged("group_state");
    const { id, feed, ownLeaf, chains, commits, attempt, retired } = view;
    return {
      id,
      conversation: textIn(row, "conversation"),
      generation: numberIn(row, "generation"),
      number: numberIn(row, "number"),
      feed,
      epoch: { group: group.value, ownLeaf, chains, commits },
      attempt,
      sent: numberIn(row, "sent"),
      leafSince: numberIn(row, "leaf_since"),
      retired,
    };
  }

  return {
    load,
    current,
    start,
    saveStep,
    saveAttempt,
    window: (value, leaf, count = CHAIN_WINDOW) => {
      const chain = value.epoch.chains.find((candidate) => candidate.leaf === leaf);
      if (chain === undefined) throw new RangeError("no such leaf");
      return chainWindow(crypto, chain, value.feed, count).map(({ index, label, key }) => ({
        step: index,
        label,
        key,
      }));
    },
    ignore,
    eraseAll,
  };
}

async function idsOf(unit: Unit, conversation: string): Promise<number[]> {
  const rows = await unit.sql.all("SELECT id FROM epochs WHERE conversation = ?", [conversation]);
  return rows.map((row) => numberIn(row, "id"));
}

async function outlookFromRow(unit: Unit, row: SqlRow): Promise<Outlook> {
  const id = numberIn(row, "id");
  const chains = await unit.sql.all("SELECT leaf, step, secret FROM chains WHERE epoch = ? ORDER BY leaf", [id]);
  return {
    id,
    ownLeaf: numberIn(row, "own_leaf"),
    chains: chains.map((chain) => ({
      leaf: numberIn(chain, "leaf"),
      index: numberIn(chain, "step"),
      secret: bytesIn(chain, "secret"),
    })),
    commits: slotsFrom(bytesIn(row, "commits")),
    attempt: numberIn(row, "attempt"),
    feed: numberIn(row, "feed"),
    retired: row["retired_at"] !== null,
  };
}

function outlook(held: HeldEpoch): Outlook {
  return { ...held, ...held.epoch };
}

function encodeSlots(slots: readonly Slot[]): Uint8Array {
  return concat(...slots.flatMap(({ label, key }) => [label, key]));
}

function slotsFrom(bytes: Uint8Array): Slot[] {
  if (bytes.length % SLOT_BYTES !== 0) return damaged("commits");
  return Array.from({ length: bytes.length / SLOT_BYTES }, (_, i) => {
    const slot = bytes.slice(i * SLOT_BYTES, (i + 1) * SLOT_BYTES);
    return { label: slot.slice(0, LABEL_BYTES) as Label, key: slot.slice(LABEL_BYTES) };
  });
}
