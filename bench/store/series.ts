import { median, rounded, type Measurement } from "../measure.ts";
import type { Figure } from "./work.ts";

/** The figures of all rounds, by subject and metric. */
export class Series {
  readonly #figures = new Map<string, { subject: string; figure: Figure; values: number[] }>();

  add(subject: string, figures: readonly Figure[]): void {
    for (const figure of figures) {
      const key = `${subject}|${figure.metric}`;
      const entry = this.#figures.get(key) ?? { subject, figure, values: [] };
      this.#figures.set(key, entry);
      entry.values.push(figure.value);
    }
  }

  /** The median of each over the rounds. */
  medians(bench: string): Measurement[] {
    return Array.from(this.#figures.values(), ({ subject, figure: { metric, unit }, values }) => ({
      bench,
      subject,
      metric,
      value: rounded(median(values)),
      unit,
    }));
  }
}
