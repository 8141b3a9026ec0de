import { describe, expect, test } from "vitest";
import { createTokenBucket } from "../../src/base/token-bucket.ts";
import { createFakeClock } from "../lib/fakes.ts";

describe("a token bucket", () => {
  test("lets a burst pass, then so many a second", () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket(10, 5, () => clock.steady());
    const taken = () => Array.from({ length: 20 }, () => bucket.take(1)).filter(Boolean).length;
    expect(taken()).toBe(5);
    clock.pass(300);
    expect(taken()).toBe(3);
    clock.pass(3_600_000);
    expect(bucket.isFull()).toBe(true);
    expect(taken()).toBe(5);
  });
});
