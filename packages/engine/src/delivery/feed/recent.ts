import { labelKey, tagOf, type Cell, type Entries, type Label, type Tags } from "@pli/protocol/wire";

/** Cells kept of what has been read: 8 MiB, ten hours of a feed in full form at its budget. */
const MAX_CELLS = 2_048;
/** Tags kept of what has been read in tag form. */
const MAX_TAGS = 65_536;

/**
 * What a feed has shown lately. It answers by itself what would otherwise be asked of the store,
 * which would see that somebody asks for just this label, perhaps before anything stands there
 * (docs/protocol.md, section 3).
 */
export interface Recent {
  /** A frame came, and waits to be read. */
  received(frame: Entries | Tags): void;
  /** A frame that came is being read, or passed over. */
  taken(frame: Entries | Tags): void;
  /** The cell of a tag was got. */
  got(label: Label, cell: Cell): void;
  /**
   * The cell that the feed showed; `named`: it showed its tag, or that of another; undefined: it
   * has shown neither.
   */
  find(label: Label): Cell | "named" | undefined;
  /** The same, and a cell that was got because of its tag. */
  findGot(label: Label): Cell | "named" | undefined;
  /**
   * The cell that was got is not believed: true when there was one, so that it can be asked for
   * again.
   */
  forgetGot(label: Label): boolean;
}

export function createRecent(): Recent {
  /** The session bounds how many frames wait. */
  const waiting = new Map<string, Cell>();
  const waitingTags = new Map<number, number>();
  const cells = new Map<string, Cell>();
  const gotCells = new Map<string, Cell>();
  const tags = new Set<number>();

  function received(frame: Entries | Tags): void {
    if (frame.type === "tags") for (const tag of frame.tags) waitingTags.set(tag, (waitingTags.get(tag) ?? 0) + 1);
    else for (const { label, cell } of frame.entries) waiting.set(labelKey(label), cell);
  }

  function taken(frame: Entries | Tags): void {
    if (frame.type === "tags") for (const tag of frame.tags) takeTag(tag);
    else for (const { label, cell } of frame.entries) takeCell(label, cell);
  }

  function takeTag(tag: number): void {
    const rest = (waitingTags.get(tag) ?? 0) - 1;
    if (rest > 0) waitingTags.set(tag, rest);
    else waitingTags.delete(tag);
    tags.delete(tag);
    tags.add(tag);
    dropOldest(tags, MAX_TAGS);
  }

  function takeCell(label: Label, cell: Cell): void {
    waiting.delete(labelKey(label));
    keep(cells, label, cell);
  }

  function keep(kept: Map<string, Cell>, label: Label, cell: Cell): void {
    kept.delete(labelKey(label));
    kept.set(labelKey(label), cell);
    dropOldest(kept, MAX_CELLS);
  }

  function find(label: Label): Cell | "named" | undefined {
    const key = labelKey(label);
    const cell = cells.get(key) ?? waiting.get(key);
    if (cell !== undefined) return cell;
    return tags.has(tagOf(label)) || waitingTags.has(tagOf(label)) ? "named" : undefined;
  }

  return {
    received,
    taken,
    got: (label, cell) => keep(gotCells, label, cell),
    find,
    findGot: (label) => gotCells.get(labelKey(label)) ?? find(label),
    forgetGot: (label) => gotCells.delete(labelKey(label)),
  };
}

function dropOldest<K>(kept: { size: number; keys(): Iterator<K>; delete(key: K): boolean }, most: number): void {
  const oldest = kept.keys().next();
  if (kept.size > most && oldest.done !== true) kept.delete(oldest.value);
}
