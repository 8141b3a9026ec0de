import { tagOf, type Cell, type Entries, type Label, type Tags } from "@pli/protocol/wire";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Expectation } from "./expectations.ts";
import { pageFrom, type Page } from "./page.ts";
import type { Point } from "./positions.table.ts";

/** Unmatched cells read before the position is saved again: what a crash makes us read twice. */
const SAVE_EVERY = 2048;

/** Reads the frames of one store's feed in order, from a position on. */
export interface Reader {
  at(): number;
  /** Reading continues from here; all before `acted` has been acted on. */
  place(from: number, acted: number): void;
  /**
   * The end of the last frame that was read as a whole; undefined: none was since the place was
   * taken, or reading failed.
   */
  end(): Point | undefined;
  /**
   * What is not expected is passed over, what is expected is acted on and saved. False: there is a
   * hole before it.
   */
  read(frame: Entries | Tags): Promise<boolean>;
  /** Saves the position if it moved since the last time. */
  save(): Promise<void>;
}

export function createReader(
  context: Context,
  deps: {
    store: string;
    /**
     * Gets a cell that the feed only named. Rejects when the line is lost: the frame is then read
     * again on the next.
     */
    get(label: Label): Promise<Cell | undefined>;
    arrived(tx: Tx, expectation: Expectation, cell: Cell): Promise<void>;
    savePosition(tx: Tx, reached: Point): Promise<void>;
  },
): Reader {
  const { blockers, clock, expectations } = context;
  let at = 0;
  /** What stands before this was acted on before the line was taken up again: it is passed over. */
  let acted = 0;
  /** Undefined: nothing to save before the first place is taken. */
  let saved: number | undefined;
  /** The last entry of the frame before. */
  let last: { readonly position: number; readonly tag: number } | undefined;
  let end: Point | undefined;

  /**
   * Message path 9/11: the feed, the same for everyone, is compared with the labels that this
   * device expects.
   */
  async function read(frame: Entries | Tags): Promise<boolean> {
    if (frame.first > at) return false;
    const page = pageFrom(frame, expectations, deps.get);
    end = undefined;
    while (at < page.end && !clock.closed) {
      await blockers.released(deps.store);
      await context.refresh();
      if (blockers.isHeld(deps.store)) continue;
      while (at < page.end && (at < acted || !page.concerns(at))) at += 1;
      if (at === page.end) break;
      await page.prepare(at);
      await act(frame, page);
    }
    const tag = tagAt(frame, page.end - 1);
    if (tag !== undefined) last = { position: page.end - 1, tag };
    if (at >= page.end) end = { position: page.end, before: tag };
    if (at - (saved ?? at) >= SAVE_EVERY) await save();
    await blockers.released(deps.store);
    return true;
  }

  /**
   * Acts on expected cells in one transaction, until one of them holds the feed or another must be
   * got first.
   */
  async function act(frame: Entries | Tags, page: Page): Promise<void> {
    const reached = await context.transact(async (tx) => {
      let position = at;
      for (; position < page.end && !blockers.isHeld(deps.store); position += 1) {
        const expected = page.expectedAt(position);
        if (expected === undefined) break;
        for (const { expectation, cell } of expected) await deps.arrived(tx, expectation, cell);
      }
      await deps.savePosition(tx, { position, before: tagAt(frame, position - 1) ?? lastAt(position - 1) });
      return position;
    });
    at = reached;
    saved = reached;
  }

  async function save(): Promise<void> {
    if (saved === undefined || at <= saved) return;
    const position = at;
    await context.transact((tx) => deps.savePosition(tx, { position, before: lastAt(position - 1) }));
    saved = position;
  }

  const lastAt = (position: number): number | undefined => (last?.position === position ? last.tag : undefined);

  return {
    at: () => at,
    place: (from, until) => {
      at = from;
      acted = until;
      saved = until;
      last = undefined;
      end = undefined;
    },
    end: () => end,
    read,
    save,
  };
}

/** The tag of the entry at a position, when this frame has it. */
export function tagAt(frame: Entries | Tags, position: number): number | undefined {
  const index = position - frame.first;
  if (frame.type === "tags") return frame.tags[index];
  const entry = frame.entries[index];
  return entry && tagOf(entry.label);
}
