import { describe, expect, test } from "vitest";
import { createRate } from "../../src/base/rate.ts";
import { createFakeClock } from "../lib/fakes.ts";

describe("a rate", () => {
  test("lets a burst pass, then so many a second", () => {
    const clock = createFakeClock();
    const rate = createRate(10, 5, () => clock.steady());
    const taken = () => Array.from({ length: 20 }, () => rate.take(1)).filter(Boolean).length;
    expect(taken()).toBe(5);
    clock.pass(300);
    expect(taken()).toBe(3);
    clock.pass(3_600_000);
    expect(rate.full()).toBe(true);
    expect(taken()).toBe(5);
  });
});
