import type { Guess } from "./attack.ts";
import type { Seen, View } from "./view.ts";

/** What several attacks look for in a view. */

export interface Moment {
  readonly at: number;
  readonly who: string;
}

const HOUR_MS = 3_600_000;

/** The first put under each label: who wrote what is there. */
export function putsOf(view: View): (Seen & { readonly label: string })[] {
  return view.events.filter(
    (seen): seen is Seen & { label: string } => isPut(seen) && seen.present === false && seen.label !== undefined,
  );
}

/** Gets of cells and blocks. */
export const getsOf = (view: View): (Seen & { readonly label: string })[] =>
  view.events.filter(
    (seen): seen is Seen & { label: string } => seen.type.startsWith("get") && seen.label !== undefined,
  );

export const isPut = ({ type }: Seen): boolean => type === "put" || type === "putBlock";

export const writersOf = (view: View): ReadonlyMap<string, string> =>
  new Map(putsOf(view).map(({ label, who }) => [label, who]));

/** Each connection with all that happened on it, in order. */
export function connectionsOf(view: View): readonly (readonly [Seen, ...Seen[]])[] {
  const connections = new Map<number, [Seen, ...Seen[]]>();
  for (const seen of view.events) {
    const known = connections.get(seen.connection);
    if (known === undefined) connections.set(seen.connection, [seen]);
    else known.push(seen);
  }
  return [...connections.values()];
}

/** When each address was away: from the end of a connection to the beginning of its next. */
export function absencesOf(view: View): { who: string; from: number; to: number; connection: number }[] {
  const left = new Map<string, number>();
  const absences = [];
  for (const { type, at, who, connection } of view.events) {
    if (type === "close") left.set(who, at);
    const from = left.get(who);
    if (type !== "dial" || from === undefined) continue;
    absences.push({ who, from, to: at, connection });
    left.delete(who);
  }
  return absences;
}

/**
 * Puts of one address that follow each other within a number of ms, as one burst: its begin, its
 * end, and how many.
 */
export function burstsOf(
  puts: readonly Moment[],
  within: number,
): { who: string; at: number; end: number; count: number }[] {
  const bursts: { who: string; at: number; end: number; count: number }[] = [];
  const last = new Map<string, (typeof bursts)[number]>();
  for (const { who, at } of puts) {
    const open = last.get(who);
    if (open !== undefined && at - open.end <= within) {
      open.end = at;
      open.count += 1;
      continue;
    }
    const burst = { who, at, end: at, count: 1 };
    bursts.push(burst);
    last.set(who, burst);
  }
  return bursts;
}

export const peopleOf = (view: View): string[] => [...new Set(view.events.map(({ who }) => who))].toSorted();

/** Numbers for each ordered two. */
export class Scores {
  readonly #of = new Map<string, Map<string, number>>();

  add(who: string, other: string, score: number): void {
    if (who === other) return;
    const known = this.#of.get(who) ?? new Map<string, number>();
    this.#of.set(who, known);
    known.set(other, (known.get(other) ?? 0) + score);
  }

  of(who: string, other: string): number {
    return this.#of.get(who)?.get(other) ?? 0;
  }

  /** For each the other one who scores highest, if they score above nothing. */
  best(): Guess[] {
    return [...this.#of].flatMap(([who, others]) => {
      const [first] = [...others].toSorted((a, b) => b[1] - a[1]);
      return first === undefined || first[1] <= 0 ? [] : [{ who, other: first[0], score: first[1] }];
    });
  }
}

/**
 * How much more often something of `other` follows something of `who` within the time than both do
 * so by the hour: in standard deviations. Both lists in order of time.
 */
export function followScores(first: readonly Moment[], then: readonly Moment[], within: number): Scores {
  const seen = new Scores();
  let start = 0;
  for (const { who, at } of first) {
    while ((then[start]?.at ?? Number.POSITIVE_INFINITY) <= at) start += 1;
    for (let i = start; i < then.length; i++) {
      const answer = then[i];
      if (answer === undefined || answer.at > at + within) break;
      seen.add(who, answer.who, 1);
    }
  }
  const expected = coincidences(first, then, within);
  const scores = new Scores();
  const names = new Set([...first, ...then].map(({ who }) => who));
  for (const who of names) {
    for (const other of names) {
      const usual = expected.of(who, other);
      const excess = (seen.of(who, other) - usual) / Math.sqrt(usual + 0.5);
      scores.add(who, other, excess);
      scores.add(other, who, excess);
    }
  }
  return scores;
}

/** How many would follow within the time if each hour's moments fell anywhere in it. */
function coincidences(first: readonly Moment[], then: readonly Moment[], within: number): Scores {
  const expected = new Scores();
  const [one, other] = [byHour(first), byHour(then)];
  for (const [hour, counts] of one) {
    for (const [who, n] of counts) {
      for (const [answering, m] of other.get(hour) ?? []) expected.add(who, answering, (n * m * within) / HOUR_MS);
    }
  }
  return expected;
}

function byHour(moments: readonly Moment[]): Map<number, Map<string, number>> {
  const hours = new Map<number, Map<string, number>>();
  for (const { who, at } of moments) {
    const hour = Math.floor(at / HOUR_MS);
    const counts = hours.get(hour) ?? new Map<string, number>();
    hours.set(hour, counts.set(who, (counts.get(who) ?? 0) + 1));
  }
  return hours;
}

/** How alike the courses of two are, from -1 to 1; 0 where one has none. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, onlyA, onlyB] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [da, db] = [value - meanA, (b[i] ?? 0) - meanB];
    both += da * db;
    onlyA += da * da;
    onlyB += db * db;
  }
  return onlyA === 0 || onlyB === 0 ? 0 : both / Math.sqrt(onlyA * onlyB);
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many moments of each fall into each slot of time. */
export function courses(moments: readonly Moment[], slot: number): ReadonlyMap<string, number[]> {
  const times = moments.map(({ at }) => Math.floor(at / slot));
  const [first, last] = [
    times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    times.reduce((a, b) => Math.max(a, b), 0),
  ];
  const all = new Map<string, number[]>();
  for (const [i, { who }] of moments.entries()) {
    const course = all.get(who) ?? Array.from({ length: last - first + 1 }, () => 0);
    all.set(who, course);
    const index = (times[i] ?? 0) - first;
    course[index] = (course[index] ?? 0) + 1;
  }
  return all;
}

/** For each the one whose course is most like theirs. */
export function mostAlike(all: ReadonlyMap<string, readonly number[]>): Guess[] {
  const scores = new Scores();
  for (const [who, mine] of all) {
    for (const [other, theirs] of all) scores.add(who, other, correlation(mine, theirs));
  }
  return scores.best();
}
