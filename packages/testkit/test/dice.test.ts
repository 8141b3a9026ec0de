import { expect, test } from "vitest";
import { createDice } from "../src/simulation/dice.ts";

test("dice of one seed fall alike, of two seeds differently", () => {
  const rolls = (seed: string): number[] => {
    const dice = createDice(seed);
    return Array.from({ length: 50 }, () => dice.below(1000));
  };
  expect(rolls("a 1")).toEqual(rolls("a 1"));
  expect(rolls("a 1")).not.toEqual(rolls("a 2"));
});

test("every face comes up about as often as its weight says", () => {
  const dice = createDice("faces");
  const seen = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 10_000; i++) seen[dice.weighed({ often: 9, seldom: 1, never: 0 })] += 1;
  expect(seen.never).toBe(0);
  expect(seen.seldom).toBeGreaterThan(800);
  expect(seen.seldom).toBeLessThan(1200);
});

test("some of a list are different ones, at most all of them", () => {
  const dice = createDice("some");
  expect(dice.some([1, 2, 3, 4], 9).sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  expect(new Set(dice.some([1, 2, 3, 4], 2)).size).toBe(2);
});
