import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Label } from "@pli/protocol/wire";
import { forgetTimes } from "../embedded/data-folder.ts";
import { createLabelFilter, type LabelFilter } from "./label-filter.ts";
import { dayFromName, nameFromDay } from "./day-name.ts";
import { openDayFile, type DayFile } from "./day-file.ts";
import { syncFolder } from "../embedded/sync-folder.ts";

interface Day {
  readonly day: number;
  readonly file: DayFile;
  filter?: LabelFilter;
}

/** The day files of a folder, oldest first, all open; only the newest is written. */
export interface Days {
  newest(): Day | undefined;
  /** The days before the newest that may hold `label`, newest first. */
  earlierWith(label: Label): DayFile[];
  holding(feed: number, position: number): DayFile | undefined;
  oldest(): DayFile | undefined;
  all(): readonly number[];
  on(day: number): DayFile | undefined;
  /** Makes `day`, later than all others, the newest. */
  open(day: number, starts: readonly number[]): DayFile;
  drop(firstKept: number): number[];
  redate(day: number, starts: readonly number[]): void;
  close(): void;
}

const FILTER_STEP = 4000;

/** Opens every day of `folder`. `reached[feed]` is a position that each feed has reached. */
export const openDays = (folder: string, reached: readonly number[]): Days => {
  const salt = randomBytes(8);
  const salts = [salt.readInt32LE(0), salt.readInt32LE(4)] as const;
  const days: Day[] = [];
  let closed = false;

  const pathOf = (day: number): string => join(folder, nameFromDay(day));
  const add = (day: number, starts: readonly number[]): DayFile => {
    const sealed = days.at(-1);
    const file = openDayFile(pathOf(day), starts);
    days.push({ day, file });
    if (sealed !== undefined) buildFilter(sealed);
    return file;
  };
  const buildFilter = (sealed: Day): void => {
    const filter = createLabelFilter(sealed.file.count(), salts);
    const tables = [...reached.keys(), "blocks" as const];
    let after: Uint8Array = new Uint8Array(0);
    const step = (): void => {
      if (closed || !days.includes(sealed)) return;
      const [table] = tables;
      if (table === undefined) {
        sealed.filter = filter;
        return;
      }
      const labels = sealed.file.labels(table, after, FILTER_STEP);
      for (const label of labels) filter.add(label);
      after = labels.at(-1) ?? new Uint8Array(0);
      if (labels.length < FILTER_STEP) tables.shift();
      if (labels.length < FILTER_STEP) after = new Uint8Array(0);
      setImmediate(step);
    };
    setImmediate(step);
  };
  const closeDay = ({ day, file }: Day): void => {
    file.close();
    forgetTimes(file.path, day);
  };
  const remove = (day: Day): void => {
    day.file.close();
    for (const suffix of ["-wal", "-shm", ""]) rmSync(day.file.path + suffix, { force: true });
  };

  for (const day of daysIn(folder)) {
    const before = days.at(-1)?.file;
    add(
      day,
      reached.map((position, feed) => Math.max(position, before?.end(feed) ?? 0)),
    );
  }
  return {
    newest: () => days.at(-1),
    oldest: () => days[0]?.file,
    all: () => days.map(({ day }) => day),
    on: (wanted) => days.find(({ day }) => day === wanted)?.file,
    earlierWith: (label) =>
      days
        .slice(0, -1)
        .filter(({ filter }) => filter?.mayHold(label) ?? true)
        .map(({ file }) => file)
        .toReversed(),
    holding: (feed, position) =>
      days.find(({ file }) => file.first(feed) <= position && position < file.end(feed))?.file,
    open: add,
    drop: (firstKept) => {
      const dropped = days.filter(({ day }) => day < firstKept);
      days.splice(0, dropped.length);
      for (const day of dropped) remove(day);
      if (dropped.length > 0) syncFolder(folder);
      return dropped.map(({ day }) => day);
    },
    redate: (day, starts) => {
      const newest = days.at(-1);
      if (newest === undefined || newest.day >= day || existsSync(pathOf(day))) return;
      newest.file.close();
      days.pop();
      renameSync(newest.file.path, pathOf(day));
      syncFolder(folder);
      days.push({ day, file: openDayFile(pathOf(day), starts) });
    },
    close: () => {
      closed = true;
      for (const day of days) closeDay(day);
    },
  };
};

const daysIn = (folder: string): number[] =>
  readdirSync(folder)
    .map(dayFromName)
    .filter((day) => day !== undefined)
    .toSorted((a, b) => a - b);
