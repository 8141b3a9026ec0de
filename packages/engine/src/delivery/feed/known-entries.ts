/** The entries that must stand where reading stopped last time: others show another feed. */
import type { Entries, Tags } from "@pli/protocol/wire";
import type { Point } from "./positions.table.ts";
import { tagAt } from "./reader.ts";

export interface KnownEntries {
  /** What is known to stand before these points is looked for from now on. */
  set(points: readonly (Point | undefined)[]): void;
  isEmpty(): boolean;
  /** Whether a frame has the same entries where it has any of them. */
  match(frame: Entries | Tags): boolean;
}

export function createKnownEntries(): KnownEntries {
  let known: readonly { readonly position: number; readonly tag: number }[] = [];
  return {
    set: (points) => {
      known = points.flatMap((point) => entryBefore(point));
    },
    isEmpty: () => known.length === 0,
    match: (frame) => {
      const isSame = known.every(({ position, tag }) => [undefined, tag].includes(tagAt(frame, position)));
      known = known.filter(({ position }) => tagAt(frame, position) === undefined && position > frame.first);
      return isSame;
    },
  };
}

/** What is known to stand before a point, where it is. */
const entryBefore = (point: Point | undefined): { position: number; tag: number }[] =>
  point?.before === undefined ? [] : [{ position: point.position - 1, tag: point.before }];
