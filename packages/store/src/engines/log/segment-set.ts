import type { Label } from "@pli/protocol/wire";
import { createLabelTable } from "./label-table.ts";
import { MAX_ORDINAL, ordinalOf, recordIdOf, slotOf, type RecordLocation, type Segment } from "./segment.ts";

/** Reads the segments in memory. */
export interface SegmentLookup {
  /** Oldest first. The last one grows. */
  readonly segments: readonly Segment[];
  newest(): Segment | undefined;
  days(): readonly number[];
  /** The next position of each feed. */
  ends(): readonly number[];
  /**
   * The segment that holds a position of a feed, and where its part of the feed ends, at most
   * `end`.
   */
  holding(feed: number, position: number, end: number): { readonly segment: Segment | undefined; readonly end: number };
  /** Where a feed begins on a day; undefined for a day that is not kept. */
  firstOn(feed: number, day: number): number | undefined;
  /** Records, committed or not, that may have this label. */
  find(label: Label): readonly RecordLocation[];
  note(label: Label, segment: Segment, slot: number): void;
}

/** All segments of a store and where each label may be, in memory. Knows no disk. */
export interface SegmentSet extends SegmentLookup {
  /** An ordinal for a segment that is about to be added. */
  reserveOrdinal(): number;
  /** Notes the label that begins at `at` in `bytes`, for the segment about to be added. */
  noteLoaded(bytes: Uint8Array, at: number, slot: number): void;
  add(segment: Segment): void;
  /** Forgets the segments of days before `firstKept`. `ends` stay as they are. */
  removeBefore(firstKept: number): void;
}

/**
 * `reached[feed]` is a position that each feed is known to have reached. `expected` is about how
 * many records there will be.
 */
export const createSegmentSet = (reached: readonly number[], expected: number): SegmentSet => {
  let minimum = reached;
  let ordinal = 0;
  let loading = 0;
  const segments: Segment[] = [];
  const byOrdinal = new Map<number, Segment>();
  const table = createLabelTable((id) => {
    const of = ordinalOf(id);
    return of === loading || slotOf(id) < (byOrdinal.get(of)?.staged ?? 0);
  }, expected);

  const ends = (): number[] =>
    minimum.map((position, feed) => Math.max(position, segments.at(-1)?.positions.end(feed) ?? 0));
  return {
    segments,
    newest: () => segments.at(-1),
    days: () => daysOf(segments),
    ends,
    holding: (feed, position, end) => {
      const at = segments.findLastIndex(({ positions }) => positions.first(feed) <= position);
      return { segment: segments[at], end: Math.min(end, segments[at + 1]?.positions.first(feed) ?? end) };
    },
    firstOn: (feed, day) => segments.find(({ folder }) => folder.day === day)?.positions.first(feed),
    find: (label) =>
      table.find(label).flatMap((id) => {
        const segment = byOrdinal.get(ordinalOf(id));
        return segment === undefined ? [] : [{ segment, slot: slotOf(id) }];
      }),
    note: (label, segment, slot) => table.add(label, 0, recordIdOf(segment.ordinal, slot)),
    reserveOrdinal: () => {
      do ordinal = (ordinal % MAX_ORDINAL) + 1;
      while (byOrdinal.has(ordinal));
      loading = ordinal;
      return ordinal;
    },
    noteLoaded: (bytes, at, slot) => table.add(bytes, at, recordIdOf(loading, slot)),
    add: (segment) => {
      segments.push(segment);
      byOrdinal.set(segment.ordinal, segment);
      loading = 0;
    },
    removeBefore: (firstKept) => {
      minimum = ends();
      const removed = segments.filter(({ folder }) => folder.day < firstKept);
      segments.splice(0, removed.length);
      for (const segment of removed) byOrdinal.delete(segment.ordinal);
    },
  };
};

/** The days of some segments, in their order. */
export const daysOf = (segments: readonly Segment[]): number[] => [
  ...new Set(segments.map(({ folder }) => folder.day)),
];
