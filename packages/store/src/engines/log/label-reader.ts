import type { Label } from "@pli/protocol/wire";
import { lostEntry } from "../../storage/lost-entry.ts";
import type { Catalog } from "./catalog.ts";
import type { Records } from "./records.ts";
import type { Segment } from "./segment.ts";
import { parseIndex } from "./segment-index.ts";

/**
 * Reads labels of a feed from `first` to before `end`, at least one, from the indexes, or from the
 * records where there is no index. A record whose label cannot be read gets that of a lost entry.
 */
export type ReadLabels = (feed: number, first: number, end: number) => Promise<readonly Label[]>;

export const createLabelReader = (catalog: Catalog, records: Records): ReadLabels => {
  const labelsIn = async (segment: Segment): Promise<((slot: number) => Label) | undefined> => {
    if (segment.image !== undefined) return segment.image.label;
    const bytes = await catalog.readIndex(segment);
    const index = bytes && parseIndex(bytes);
    return index?.ok === true && index.value.count === segment.count ? index.value.label : undefined;
  };
  return async (feed, first, end) => {
    const { segment, end: last } = catalog.holding(feed, first, end);
    const labelOf = segment && (await labelsIn(segment));
    if (segment === undefined || labelOf === undefined) {
      return (await records.read(feed, first, end)).map(({ label }) => label);
    }
    return Array.from({ length: last - first }, (_, i) => {
      const slot = segment.positions.slotAt(feed, first + i);
      return slot === undefined ? lostEntry(feed, first + i).label : labelOf(slot);
    });
  };
};
