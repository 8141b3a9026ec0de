import type { DayRecord } from "./records.ts";

/** The sequences of a stream that belong to one day: `count` sequences from `start`. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/**
 * The span of `day` in `stream`, whose next sequence is `end`. A day that is not kept has an empty
 * span at the end.
 */
export const spanOf = (days: readonly DayRecord[], day: number, stream: string, end: number): Span => {
  const at = days.findIndex((record) => record.day === day);
  if (at === -1) return { start: end, count: 0 };
  const startOf = (record: DayRecord | undefined): number => record?.starts[stream] ?? 1;
  const start = startOf(days[at]);
  return { start, count: (at + 1 < days.length ? startOf(days[at + 1]) : end) - start };
};
