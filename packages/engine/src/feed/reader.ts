import type { Cell, Entries } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import type { Expectation } from "./expectations.ts";

/** Unmatched cells read before the position is saved again: what a crash makes us read twice. */
const SAVE_EVERY = 2048;

/** Reads the frames of one store's feed in order, from a position on. */
export interface Reader {
  at(): number;
  /** Reading goes on from here. */
  place(position: number): void;
  /** What is not expected is passed over, what is expected is acted on and saved. False: there is a hole before it. */
  read(frame: Entries): Promise<boolean>;
  /** Saves the position if it moved since the last time. */
  save(): Promise<void>;
}

export function createReader(
  context: Context,
  p: {
    store: string;
    arrived(unit: Unit, expectation: Expectation, cell: Cell): Promise<void>;
    savePlace(unit: Unit, position: number): Promise<void>;
  },
): Reader {
  const { blockers, clock, expectations } = context;
  let at = 0;
  let saved = 0;

  /** Message path 9/11: the feed, the same for everyone, is compared with the labels that this device expects. */
  async function read(frame: Entries): Promise<boolean> {
    if (frame.first > at) return false;
    const end = frame.first + frame.entries.length;
    while (at < end && !clock.closed) {
      await blockers.released(p.store);
      await context.refresh();
      if (blockers.isHeld(p.store)) continue;
      passUnexpected(frame, end);
      if (at < end) await act(frame, end);
    }
    if (at - saved >= SAVE_EVERY) await save();
    await blockers.released(p.store);
    return true;
  }

  function passUnexpected(frame: Entries, end: number): void {
    while (at < end && expectationAt(frame, at) === undefined) at += 1;
  }

  /** Acts on expected cells in one transaction, until one of them holds the feed. */
  async function act(frame: Entries, end: number): Promise<void> {
    const reached = await context.transact(async (unit) => {
      let position = at;
      for (; position < end && !blockers.isHeld(p.store); position += 1) {
        const expectation = expectationAt(frame, position);
        const entry = frame.entries[position - frame.first];
        if (expectation !== undefined && entry !== undefined) await p.arrived(unit, expectation, entry.cell);
      }
      await p.savePlace(unit, position);
      return position;
    });
    at = reached;
    saved = reached;
  }

  function expectationAt(frame: Entries, position: number): Expectation | undefined {
    const entry = frame.entries[position - frame.first];
    return entry === undefined ? undefined : expectations.find(entry.label);
  }

  async function save(): Promise<void> {
    if (at === saved) return;
    const position = at;
    await context.transact((unit) => p.savePlace(unit, position));
    saved = position;
  }

  return {
    at: () => at,
    place: (position) => {
      at = position;
      saved = -1;
    },
    read,
    save,
  };
}
