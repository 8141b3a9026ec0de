import { describe, expect, test } from "vitest";
import { createGate } from "../../../src/engines/jetstream/gate.ts";
import { createFakeClock } from "../../lib/fakes.ts";

describe("a gate", () => {
  test("lets all in while all goes well, one at a time and ever more rarely while nothing does, and all again after one success", () => {
    const clock = createFakeClock();
    const gate = createGate(() => clock.steady());
    expect([gate.enter(), gate.enter(), gate.enter()]).toEqual([true, true, true]);
    gate.failed();
    gate.failed();
    expect(gate.enter()).toBe(false);
    for (const pause of [500, 1000, 2000, 4000, 4000]) {
      clock.pass(pause - 1);
      expect(gate.enter()).toBe(false);
      clock.pass(1);
      expect([gate.enter(), gate.enter()]).toEqual([true, false]);
      gate.failed();
    }
    clock.pass(4000);
    expect(gate.enter()).toBe(true);
    gate.passed();
    expect([gate.enter(), gate.enter()]).toEqual([true, true]);
  });
});
