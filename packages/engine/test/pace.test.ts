import { expect, test } from "vitest";
import { FIRST_PACE, paceAfter, paceFrom, type Pace } from "../src/features/receipts/pace.ts";

const SLOT_MS = 600_000;
const SLOTS_A_DAY = 144;
/** What a store gives in full form in a day, unless told otherwise. */
const BUDGET = 5_080;

interface Day {
  /** Cells of all slots, and cells in all. */
  readonly slots: number;
  readonly cells: number;
}

/**
 * A number of days of these clients, each with its own pace, beside texts whose number each slot
 * draws.
 */
function live(paces: Pace[], p: { days: number; seed: number; texts?(slot: number): number; flood?: number }): Day[] {
  const draw = chance(p.seed);
  const days: Day[] = [];
  let position = 0;
  for (let day = 0; day < p.days; day++) {
    let slots = 0;
    const from = position;
    for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
      const puts = paces.filter(({ share }) => draw() < share).length;
      const texts = p.texts?.(slot) ?? 0;
      slots += puts;
      position += puts + texts + (p.flood ?? 0);
      const now = { at: (day * SLOTS_A_DAY + slot) * SLOT_MS, position };
      for (const [i, pace] of paces.entries()) paces[i] = paceAfter(pace, puts + texts / 10 + (p.flood ?? 0), now);
    }
    days.push({ slots, cells: position - from });
  }
  return days;
}

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const people = (count: number, share = 1): Pace[] => Array.from({ length: count }, () => ({ ...FIRST_PACE, share }));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const shareOf = (paces: readonly Pace[]): number => mean(paces.map(({ share }) => share));

test.each([
  [2, 2, 2],
  [10, 10, 10],
  [20, 18, 20],
  [50, 18, 24],
  [200, 20, 28],
])("with %i on line from %i to %i cells leave at a slot", (count, least, most) => {
  const cells = mean(live(people(count), { days: 3, seed: count }).map(({ slots }) => slots)) / SLOTS_A_DAY;
  expect(cells).toBeGreaterThanOrEqual(least);
  expect(cells).toBeLessThanOrEqual(most);
});

test.each([
  [20, 0],
  [20, 2_000],
  [20, 4_000],
  [50, 3_000],
  [50, 4_000],
  [200, 2_000],
  [200, 3_500],
])(
  "%i people who write %i cells a day, most of them by day, stay within what is given in full form",
  (count, texts) => {
    const byDay = (slot: number): number => (slot >= 48 && slot < 132 ? (texts * 0.9) / 84 : (texts * 0.1) / 60);
    const days = live(people(count), { days: 8, seed: texts + count, texts: byDay });
    for (const { cells } of days.slice(1)) expect(cells).toBeLessThan(BUDGET);
    for (const { slots } of days) expect(slots / SLOTS_A_DAY).toBeGreaterThan(3.5);
  },
);

test("newcomers and those who were there have the same share some hours later", () => {
  const paces = [...people(100, 0.1), ...people(100, 1)];
  live(paces, { days: 1, seed: 7 });
  expect(Math.abs(shareOf(paces.slice(0, 100)) - shareOf(paces.slice(100)))).toBeLessThan(0.02);
});

test("however many cells somebody floods the slots with, a client takes part in one of thirty", () => {
  const paces = people(1);
  live(paces, { days: 3, seed: 3, flood: 10_000 });
  expect(shareOf(paces)).toBeGreaterThan(1 / 30);
});

test("what was seen of a store that lost its data, or by a clock that was put back, is forgotten", () => {
  const before = { share: 1, samples: [{ at: 0, position: 900_000 }] };
  expect(paceAfter(before, 1, { at: 7_200_000, position: 5 }).samples).toEqual([{ at: 7_200_000, position: 5 }]);
  const later = { share: 1, samples: [{ at: 9_000_000, position: 0 }] };
  expect(paceAfter(later, 1, { at: 7_200_000, position: 5 }).samples).toEqual([{ at: 7_200_000, position: 5 }]);
});

test("one sample an hour is kept, of a day and one before", () => {
  const paces = people(1);
  live(paces, { days: 4, seed: 1 });
  expect(paces[0]?.samples.length).toBeGreaterThan(23);
  expect(paces[0]?.samples.length).toBeLessThan(27);
});

test("a pace that was saved is read again, and anything else is the first one", () => {
  const pace = paceAfter(FIRST_PACE, 100, { at: 1, position: 2 });
  expect(paceFrom(JSON.parse(JSON.stringify(pace)))).toEqual(pace);
  for (const other of [
    undefined,
    null,
    1,
    {},
    { ...pace, share: 2 },
    { ...pace, samples: [1] },
    { ...pace, samples: 1 },
  ])
    expect(paceFrom(other)).toEqual(FIRST_PACE);
});
