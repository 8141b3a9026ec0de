/** One figure of one bench. */
export interface Measurement {
  readonly bench: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

/** The value below which the given share of all lie, by nearest rank. Throws when there is none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new RangeError("no values");
  return value;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Three significant figures: more would be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
