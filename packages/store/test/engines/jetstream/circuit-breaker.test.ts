import { describe, expect, test } from "vitest";
import { createCircuitBreaker } from "../../../src/engines/jetstream/circuit-breaker.ts";
import { createFakeClock } from "../../lib/fakes.ts";

describe("a circuit breaker", () => {
  test("allows everything until a failure, then one try at a time after longer and longer pauses, and everything again after a success", () => {
    const clock = createFakeClock();
    const breaker = createCircuitBreaker(() => clock.steady());
    expect([breaker.allow(), breaker.allow(), breaker.allow()]).toEqual([true, true, true]);
    breaker.failed();
    breaker.failed();
    expect(breaker.allow()).toBe(false);
    for (const pause of [500, 1000, 2000, 4000, 4000]) {
      clock.pass(pause - 1);
      expect(breaker.allow()).toBe(false);
      clock.pass(1);
      expect([breaker.allow(), breaker.allow()]).toEqual([true, false]);
      breaker.failed();
    }
    clock.pass(4000);
    expect(breaker.allow()).toBe(true);
    breaker.succeeded();
    expect([breaker.allow(), breaker.allow()]).toEqual([true, true]);
  });
});
