import { percentile } from "../apps/server/src/bench/measure.ts";

export { percentile };

/** One figure of one bench. */
export interface Measurement {
  readonly bench: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Three significant figures: more would be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
