import { advanced, chainOf, readPayload } from "@pli/protocol/conversation";
import { MAX_CONTENT_BYTES } from "@pli/protocol/content";
import { openCell } from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import type { Context, Tx } from "../runtime/context.ts";
import { count } from "../runtime/counters.ts";
import type { Expectation } from "../delivery/feed/expectations.ts";
import type { ObjectAnswer } from "../delivery/port.ts";
import type { Delivery } from "../delivery/port.ts";
import { deleteCellsBefore, keepCell, listCells, listSenders } from "./arrived.table.ts";
import type { Commits } from "./commits.ts";
import type { Contents } from "./contents.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import { createHoles } from "./holes.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { OwnLabels } from "./own-labels.ts";
import type { EpochRoles } from "./epoch-roles.ts";

/** A message in MLS: its content and what MLS puts around it. */
export const MAX_MESSAGE_BYTES = MAX_CONTENT_BYTES + 4096;

interface ArrivedCell {
  readonly step: number;
  readonly key: Uint8Array;
  readonly cell: Cell;
}

/** What was fetched for the pointer at a step of a chain. */
interface FetchedMessage {
  readonly step: number;
  readonly answer: ObjectAnswer;
}

/** Opens what the other members wrote, each sender's cells in their order. */
export interface Receiving {
  /** An expected cell is in the feed. */
  arrived(tx: Tx, expectation: Expectation, cell: Cell): Promise<void>;
  /** Keeps a cell that stands at a label of this sender, unless it is past, and reads on. */
  bring(tx: Tx, held: HeldEpoch, leaf: number, step: number, cell: Cell): Promise<void>;
  /** Takes up what a stop interrupted: cells that wait for a hole or an object. */
  resume(tx: Tx): Promise<void>;
}

export function createReceiving(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    commits: Commits;
    contents: Contents;
    ownLabels: OwnLabels;
    epochRoles: EpochRoles;
    delivery(store: string): Delivery;
  },
): Receiving {
  const { crypto, groups } = context;
  const { epochs, messages } = deps;
  const holes = createHoles(context, { epochs, delivery: deps.delivery, found, hasGoneOn, passOver });

  /**
   * What stands at an expected label was written by a member of the conversation, or the store
   * lies.
   */
  async function arrived(tx: Tx, expectation: Expectation, cell: Cell): Promise<void> {
    if (expectation.kind === "object" || expectation.kind === "settled") return;
    const held = await epochs.load(tx, expectation.epoch);
    if (held === undefined) return;
    if (expectation.kind === "own") return deps.ownLabels.shown(tx, held, cell);
    if (expectation.kind === "commit") return deps.commits.arrived(tx, held, expectation.attempt, cell);
    const { leaf, step } = expectation;
    if (!(await found(tx, held, leaf, step, cell))) await holes.noteWrong(tx, held, leaf);
  }

  /**
   * Between two, only the sender and we know these labels: if this is not theirs, the store shows
   * something else for a while.
   */
  async function found(tx: Tx, held: HeldEpoch, leaf: number, step: number, cell: Cell): Promise<boolean> {
    const slot = epochs.window(held, leaf).find(({ index }) => index === step);
    const isOfTwo = deps.epochRoles.rules(held) === undefined;
    if (slot !== undefined && isOfTwo && !isSealedWith(slot.key, cell)) return false;
    await bring(tx, held, leaf, step, cell);
    return true;
  }

  function isSealedWith(key: Uint8Array, cell: Cell): boolean {
    const opened = openCell(crypto, key, cell);
    return opened.ok || opened.error === "cell_malformed";
  }

  /**
   * First write wins: what stands at a label is all that ever will. Garbage is kept too, and passed
   * over in its turn.
   */
  async function bring(tx: Tx, held: HeldEpoch, leaf: number, step: number, cell: Cell): Promise<void> {
    if (!epochs.window(held, leaf).some(({ index }) => index === step)) return;
    await keepCell(tx, { epoch: held.id, leaf, step }, cell);
    epochs.hear(held, leaf);
    await drain(tx, held.id, leaf);
  }

  async function passOver(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    { steps, missing }: { steps: number; missing: number },
  ): Promise<void> {
    await count(tx, "gaps", missing);
    await messages.noteGap(tx, held.conversation, missing);
    await stepOver(tx, held, leaf, steps);
    await drain(tx, held.id, leaf);
  }

  /** Opens the cells of one sender from where its chain stands, as far as they are here. */
  async function drain(tx: Tx, epoch: number, leaf: number, object?: FetchedMessage): Promise<void> {
    for (;;) {
      const held = await epochs.load(tx, epoch);
      if (held === undefined) return;
      const answer = chainOf(held.epoch, leaf).index === object?.step ? object.answer : undefined;
      const { cells, isHole } = await waitingCells(tx, held, leaf);
      const goesOn = cells.length > 0 && (await readHead(tx, held, leaf, cells, answer));
      if (!goesOn) return isHole ? holes.note(tx, held, leaf) : undefined;
    }
  }

  /**
   * The consecutive cells that are here from the chain's step on, and whether later ones are here
   * too.
   */
  async function waitingCells(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
  ): Promise<{ cells: readonly ArrivedCell[]; isHole: boolean }> {
    const here = await cellsHere(tx, held, leaf);
    const cells = runFrom(here, chainOf(held.epoch, leaf).index);
    return { cells, isHole: here.length > cells.length };
  }

  async function cellsHere(tx: Tx, held: HeldEpoch, leaf: number): Promise<ArrivedCell[]> {
    const keys = new Map(epochs.window(held, leaf).map((slot) => [slot.index, slot]));
    return (await listCells(tx, held.id, leaf)).flatMap(({ step, cell }) => {
      const slot = keys.get(step);
      return slot === undefined ? [] : { step, key: slot.key, cell };
    });
  }

  /**
   * Any member can put cells under these labels: only what the sender has signed shows that they
   * have come so far.
   */
  async function hasGoneOn(tx: Tx, held: HeldEpoch, leaf: number, beyond: number): Promise<boolean> {
    const here = await cellsHere(tx, held, leaf);
    for (const { step } of here.filter((one) => one.step > beyond)) {
      const payload = readPayload(crypto, runFrom(here, step));
      if (!payload.ok || payload.value.type !== "message") continue;
      if ((await groups.decrypt(held.epoch.group, payload.value.message, { sender: leaf })).ok) return true;
    }
    return false;
  }

  /** Reads the message that begins at the chain's step. False: it is not all here yet. */
  async function readHead(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    cells: readonly ArrivedCell[],
    answer: ObjectAnswer | undefined,
  ): Promise<boolean> {
    const payload = readPayload(crypto, cells);
    if (!payload.ok) await (isRest(cells) ? stepOver(tx, held, leaf, 1) : refuse(tx, held, leaf));
    else if (payload.value.type === "incomplete") return false;
    else if (payload.value.type === "decoy") await stepOver(tx, held, leaf, 1);
    else if (payload.value.type === "message") await open(tx, held, leaf, payload.value.used, payload.value.message);
    else if (answer?.type === "object") await open(tx, held, leaf, 1, answer.bytes, "object");
    else if (answer !== undefined) await refuse(tx, held, leaf);
    else if (await mayFetch(tx, held, leaf, payload.value.pointer.length))
      return fetchMessage(tx, held, leaf, payload.value.pointer);
    else await stepOver(tx, held, leaf, 1);
    return true;
  }

  /** What is too long for a message is refused without a look, and costs its author nothing. */
  async function mayFetch(tx: Tx, held: HeldEpoch, leaf: number, bytes: number): Promise<boolean> {
    return bytes > MAX_MESSAGE_BYTES || (await deps.contents.mayFetch(tx, held, leaf, bytes));
  }

  /** What is left of a message in fragments whose beginning was passed over. */
  function isRest([head]: readonly ArrivedCell[]): boolean {
    const opened = head === undefined ? undefined : openCell(crypto, head.key, head.cell);
    return opened?.ok === true && opened.value.kind === "fragment" && (opened.value.body[0] ?? 0) > 0;
  }

  /**
   * Message path 10/11: opened by the conversation's keys; the sender inside must be whose chain
   * gave the label.
   */
  async function open(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    used: number,
    message: Uint8Array,
    source: "cells" | "object" = "cells",
  ): Promise<void> {
    const opened = await groups.decrypt(held.epoch.group, message, { sender: leaf });
    if (!opened.ok) return refuse(tx, held, leaf, used);
    const moved = { ...held, epoch: { ...held.epoch, group: opened.value.state } };
    await stepOver(tx, moved, leaf, used);
    tx.after(opened.value.wipe);
    await count(tx, "cellsOpened", used);
    await deps.contents.apply(tx, held, leaf, opened.value.content, source);
  }

  async function stepOver(tx: Tx, held: HeldEpoch, leaf: number, used: number): Promise<void> {
    const next = { ...held, epoch: advanced(crypto, held.epoch, leaf, used) };
    const step = chainOf(next.epoch, leaf).index;
    await count(tx, "cellsExpected", used);
    await deleteCellsBefore(tx, { epoch: held.id, leaf, step });
    await epochs.saveStep(tx, next, leaf);
  }

  /** A cell nobody honest can have meant: counted, shown as a gap, passed over. */
  async function refuse(tx: Tx, held: HeldEpoch, leaf: number, used = 1): Promise<void> {
    await count(tx, "undecryptable");
    await stepOver(tx, held, leaf, used);
    await messages.noteGap(tx, held.conversation, 1);
  }

  /**
   * A long message stands in an object: the feed waits until it is here, so that nothing behind it
   * is missed.
   */
  function fetchMessage(tx: Tx, held: HeldEpoch, leaf: number, pointer: { seed: Uint8Array; length: number }): false {
    const step = chainOf(held.epoch, leaf).index;
    tx.before(held.store, async () => {
      const tooLong = pointer.length > MAX_MESSAGE_BYTES;
      const answer = tooLong
        ? ({ type: "broken" } as const)
        : await deps.delivery(held.store).get.object({ seed: pointer.seed, maxBytes: MAX_MESSAGE_BYTES });
      const asSaid = answer.type !== "object" || answer.bytes.length === pointer.length;
      const found = asSaid ? answer : ({ type: "broken" } as const);
      await context.transact((later) => drain(later, held.id, leaf, { step, answer: found }));
    });
    return false;
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { epoch, leaf } of await listSenders(tx)) await drain(tx, epoch, leaf);
    await holes.resume(tx);
  }

  return { arrived, bring, resume };
}

/** The cells of consecutive steps from this one on, of cells in their order. */
function runFrom(cells: readonly ArrivedCell[], first: number): readonly ArrivedCell[] {
  const at = cells.findIndex(({ step }) => step >= first);
  return at < 0 ? [] : cells.slice(at).filter(({ step }, i) => step === first + i);
}
