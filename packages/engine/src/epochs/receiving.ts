import { chainOf, readPayload } from "@pli/protocol/conversation";
import { openCell } from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import type { Context, Tx } from "../runtime/context.ts";
import { count } from "../runtime/counters.table.ts";
import type { Expectation } from "../delivery/feed/expectations.ts";
import type { Delivery } from "../delivery/port.ts";
import { keepCell, listCells, listSenders } from "./arrived.table.ts";
import type { Commits } from "./commits.ts";
import { createOpening, type ArrivedCell, type FetchedMessage } from "./opening.ts";
import type { Contents } from "./contents.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import { createHoles } from "./holes.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { OwnLabels } from "./own-labels.ts";
import type { EpochRoles } from "./epoch-roles.ts";

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
  const opening = createOpening(context, { ...deps, drain });
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
    await opening.stepOver(tx, held, leaf, steps);
    await drain(tx, held.id, leaf);
  }

  /** Opens the cells of one sender from where its chain stands, as far as they are here. */
  async function drain(tx: Tx, epoch: number, leaf: number, object?: FetchedMessage): Promise<void> {
    for (;;) {
      const held = await epochs.load(tx, epoch);
      if (held === undefined) return;
      const answer = chainOf(held.epoch, leaf).index === object?.step ? object.answer : undefined;
      const { cells, isHole } = await waitingCells(tx, held, leaf);
      const goesOn = cells.length > 0 && (await opening.readHead(tx, held, leaf, cells, answer));
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
