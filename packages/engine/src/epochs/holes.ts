import { chainOf } from "@pli/protocol/conversation";
import type { Cell } from "@pli/protocol/wire";
import type { Context, Tx } from "../runtime/context.ts";
import type { Delivery } from "../delivery/port.ts";
import { listSteps } from "./arrived.table.ts";
import { findProbe, listProbes, NOTHING, PERHAPS, raiseProbe, saveProbe, SURELY } from "./probes.table.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";

/** When a hole is looked for again: waits in milliseconds, as far as the patience for it goes. */
const WAITS = [1_000, 4_000, 15_000, 40_000, 60_000];

/**
 * A sender's cell that did not come. `certain`: the sender has written later ones, or the store
 * showed another in its place.
 */
interface Hole {
  readonly held: HeldEpoch;
  readonly step: number;
  readonly certain: boolean;
  /** Cells here before it: the beginning of a message in fragments. */
  readonly before: number;
  /** The next one that is here. */
  readonly next: number | undefined;
}

/**
 * Looks for cells that the feed did not bring, until they are here or patience ends
 * (docs/protocol.md, section 4).
 */
export interface Holes {
  /** Later cells of this sender are here and an earlier one is not. */
  note(tx: Tx, held: HeldEpoch, leaf: number): Promise<void>;
  /** What the store showed at this sender's label was not sealed by them. */
  noteWrong(tx: Tx, held: HeldEpoch, leaf: number): Promise<void>;
  /** Takes up the searches that a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createHoles(
  context: Context,
  deps: {
    epochs: Epochs;
    delivery(store: string): Delivery;
    /** Keeps a cell that was looked for and reads on; false when it cannot be the sender's. */
    found(tx: Tx, held: HeldEpoch, leaf: number, step: number, cell: Cell): Promise<boolean>;
    /** Whether something is here that this sender wrote behind that step. */
    hasGoneOn(tx: Tx, held: HeldEpoch, leaf: number, step: number): Promise<boolean>;
    /**
     * The hole stays: reading continues `steps` further, and `missing` cells are shown as a gap.
     */
    passOver(tx: Tx, held: HeldEpoch, leaf: number, p: { steps: number; missing: number }): Promise<void>;
  },
): Holes {
  const { clock, options } = context;
  const { epochs } = deps;
  const searching = new Set<string>();

  async function mark(tx: Tx, { id }: HeldEpoch, leaf: number, probe: number): Promise<void> {
    await raiseProbe(tx, id, leaf, probe);
    tx.after(() => void search(id, leaf).catch(() => undefined));
  }

  async function search(epoch: number, leaf: number): Promise<void> {
    const key = `${epoch} ${leaf}`;
    if (searching.has(key)) return;
    searching.add(key);
    try {
      let last: { step: number; waited: number; turn: number } | undefined;
      while (!clock.closed) {
        const hole = await context.transact((tx) => findHole(tx, epoch, leaf));
        if (hole === undefined) return;
        if (last?.step !== hole.step) last = { step: hole.step, waited: 0, turn: 0 };
        if (last.turn > 0 || !hole.certain) if (await lookNow(hole, leaf, last.waited)) continue;
        const rest = Math.max(0, options.holePatience - last.waited);
        const wait = Math.min(WAITS[last.turn] ?? rest, rest);
        await clock.pause(wait);
        last = { step: last.step, waited: last.waited + wait, turn: last.turn + 1 };
      }
    } finally {
      searching.delete(key);
    }
  }

  async function findHole(tx: Tx, epoch: number, leaf: number): Promise<Hole | undefined> {
    const held = await epochs.load(tx, epoch);
    if (held === undefined) return undefined;
    const head = chainOf(held.epoch, leaf).index;
    const steps = await listSteps(tx, { epoch, leaf, step: head });
    const before = steps.filter((step, i) => step === head + i).length;
    const next = steps[before];
    const probe = await findProbe(tx, epoch, leaf);
    const certain = probe === SURELY || (next !== undefined && (await deps.hasGoneOn(tx, held, leaf, head + before)));
    if (!certain && probe === NOTHING) return undefined;
    return { held, step: head + before, before, next, certain };
  }

  /** Asks the store for it. True: something has changed, and the chain is to be looked at again. */
  async function lookNow(hole: Hole, leaf: number, waited: number): Promise<boolean> {
    const { held, step, certain } = hole;
    const slot = epochs.window(held, leaf)[hole.before];
    const cell = slot === undefined ? undefined : await deps.delivery(held.store).get.cell(slot.label);
    return context.transact(async (tx) => {
      const now = await findHole(tx, held.id, leaf);
      if (now === undefined || now.step !== step) return true;
      const isFound = cell !== undefined && (await deps.found(tx, now.held, leaf, step, cell));
      if (!isFound && !certain) return setProbe(tx, held.id, leaf, NOTHING);
      if (!isFound && waited < options.holePatience) return false;
      if (!isFound) await giveUp(tx, now, leaf);
      return setProbe(tx, held.id, leaf, PERHAPS);
    });
  }

  async function setProbe(tx: Tx, epoch: number, leaf: number, probe: number): Promise<true> {
    await saveProbe(tx, epoch, leaf, probe);
    return true;
  }

  async function giveUp(tx: Tx, { held, step, before, next }: Hole, leaf: number): Promise<void> {
    const behind = (next ?? step + 1) - step;
    await deps.passOver(tx, held, leaf, { steps: before + behind, missing: before > 0 ? 1 : behind });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { epoch, leaf } of await listProbes(tx)) {
      tx.after(() => void search(epoch, leaf).catch(() => undefined));
    }
  }

  return {
    note: (tx, held, leaf) => mark(tx, held, leaf, PERHAPS),
    noteWrong: (tx, held, leaf) => mark(tx, held, leaf, SURELY),
    resume,
  };
}
