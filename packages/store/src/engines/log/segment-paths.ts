import { join } from "node:path";
import { isoFromDay } from "../embedded/iso-day.ts";
import { cellsName, indexName, type Segment } from "./segment.ts";

type Located = Pick<Segment, "folder" | "number">;

/** Where the files of segments are in a data folder. */
export interface SegmentPaths {
  readonly folder: string;
  ofDay(day: number): string;
  cells(segment: Located): string;
  index(segment: Located): string;
}

export const createSegmentPaths = (folder: string): SegmentPaths => {
  const ofDay = (day: number): string => join(folder, isoFromDay(day));
  return {
    folder,
    ofDay,
    cells: ({ folder: { day }, number }) => join(ofDay(day), cellsName(number)),
    index: ({ folder: { day }, number }) => join(ofDay(day), indexName(number)),
  };
};
