import type { Cell, Entry, Label } from "@pli/protocol/wire";
import type { Log } from "../../base/event-log.ts";
import { lostEntry } from "../../storage/lost-entry.ts";
import type { Catalog } from "./catalog.ts";
import { diskError } from "./disk-error.ts";
import type { HotTail } from "./hot-tail.ts";
import { parseRecordCell, parseRecordHead, RECORD_BYTES, type RecordHead } from "./record.ts";
import type { RecordLocation, Segment } from "./segment.ts";
import { offsetOf } from "./slots.ts";

/**
 * A record of a label. A damaged one has no `cell`, and no `head` either if that is damaged too.
 */
export interface FoundRecord extends RecordLocation {
  readonly head: RecordHead | undefined;
  readonly cell: Cell | undefined;
}

/** Reads records, the newest from memory, the rest from the segments. */
export interface Records {
  /** Whether the records at all these locations are in memory. */
  areHot(locations: readonly RecordLocation[]): boolean;
  /**
   * Every record with this label, committed or not. There is more than one only when all but the
   * last are damaged.
   */
  withLabel(label: Label, locations?: readonly RecordLocation[]): Promise<readonly FoundRecord[]>;
  /** Entries of a feed from `first` to before `end`, at least one. */
  read(feed: number, first: number, end: number): Promise<readonly Entry[]>;
}

/** One read of the disk has at most this many slots: 1 MiB. */
const MAX_SPAN = 256;

export const createRecords = (catalog: Catalog, hot: HotTail, log: Log): Records => {
  const reported = new Set<string>();
  const report = (segment: Segment): void => {
    const file = catalog.pathOf(segment);
    if (!reported.has(file)) log("error", "records_damaged", { file, records: 1 });
    reported.add(file);
  };
  /** Copies ascending `slots`, with or without the gaps between. The i-th is at `at(i)`. */
  const copyOf = async (segment: Segment, slots: readonly number[]) => {
    const [first = 0, last = first] = [slots[0], slots.at(-1)];
    if (hot.find(segment.base + first) !== undefined) return hotCopy(segment, slots);
    const bytes = Buffer.alloc((last - first + 1) * RECORD_BYTES);
    await catalog.files.use(segment, (file) => file.read(bytes, offsetOf(first)));
    return { bytes, at: (i: number) => ((slots[i] ?? first) - first) * RECORD_BYTES };
  };
  const hotCopy = (segment: Segment, slots: readonly number[]) => {
    const bytes = Buffer.allocUnsafeSlow(slots.length * RECORD_BYTES);
    for (const [i, slot] of slots.entries()) {
      const at = hot.find(segment.base + slot) ?? 0;
      hot.memory.copy(bytes, i * RECORD_BYTES, at, at + RECORD_BYTES);
    }
    return { bytes, at: (i: number) => i * RECORD_BYTES };
  };
  const readOne = async (segment: Segment, slot: number): Promise<FoundRecord | undefined> => {
    try {
      const { bytes, at } = await copyOf(segment, [slot]);
      const head = parseRecordHead(bytes, at(0));
      return { segment, slot, head, cell: head && parseRecordCell(bytes, at(0), head) };
    } catch (error) {
      if (!catalog.segments.includes(segment)) return undefined;
      const failure = diskError(error, catalog.pathOf(segment));
      if (failure.code === "data_damaged") report(segment);
      throw failure;
    }
  };
  const entryFrom = (segment: Segment, feed: number, position: number, bytes: Buffer, at: number): Entry => {
    const head = parseRecordHead(bytes, at);
    const cell = head?.position === position ? parseRecordCell(bytes, at, head) : undefined;
    if (head !== undefined && cell !== undefined) return { label: head.label, cell };
    report(segment);
    return lostEntry(feed, position);
  };
  const entriesIn = async (segment: Segment, feed: number, first: number, slots: readonly (number | undefined)[]) => {
    const known = slots.filter((slot) => slot !== undefined);
    const copy = known.length === 0 ? undefined : await copyOf(segment, known);
    let i = 0;
    return slots.map((slot, offset) =>
      slot === undefined || copy === undefined
        ? lostEntry(feed, first + offset)
        : entryFrom(segment, feed, first + offset, copy.bytes, copy.at(i++)),
    );
  };
  const read = async (feed: number, first: number, end: number): Promise<readonly Entry[]> => {
    const { segment, end: last } = catalog.holding(feed, first, end);
    if (segment === undefined) return [lostEntry(feed, first)];
    const slots = slotsFor(segment, feed, first, last);
    try {
      return await entriesIn(segment, feed, first, slots);
    } catch (error) {
      const failure = diskError(error, catalog.pathOf(segment));
      if (failure.code !== "data_damaged") throw failure;
      if (slots.length > 1) return read(feed, first, first + 1);
      report(segment);
      return [lostEntry(feed, first)];
    }
  };
  return {
    areHot: (locations) => locations.every(({ segment, slot }) => hot.find(segment.base + slot) !== undefined),
    withLabel: async (label, locations = catalog.find(label)) => {
      const found: FoundRecord[] = [];
      for (const { segment, slot } of locations) {
        const record = await readOne(segment, slot);
        if (record === undefined) continue;
        if (record.cell === undefined) report(segment);
        if (record.head === undefined || Buffer.compare(record.head.label, label) === 0) found.push(record);
      }
      return found;
    },
    read,
  };
};

/** The slots of consecutive positions that fit one read. */
const slotsFor = (segment: Segment, feed: number, first: number, end: number): (number | undefined)[] => {
  const slots: (number | undefined)[] = [];
  let start: number | undefined;
  for (let position = first; position < end; position += 1) {
    const slot = segment.positions.slotAt(feed, position);
    start ??= slot;
    if (slot !== undefined && start !== undefined && slot - start >= MAX_SPAN) break;
    slots.push(slot);
  }
  return slots;
};
