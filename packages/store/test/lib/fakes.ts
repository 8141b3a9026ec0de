import type { Clock } from "../../src/base/clock.ts";
import { DAY_MS } from "../../src/base/clock.ts";

/** A clock moved by hand. `pass` moves both hands, as time does; `jump` only the wall clock. */
export interface FakeClock extends Clock {
  pass(ms: number): void;
  jump(ms: number): void;
}

export const createFakeClock = (day = 20_000): FakeClock => {
  let wall = day * DAY_MS + 1000;
  let steady = 0;
  return {
    now: () => wall,
    steady: () => steady,
    pass: (ms) => {
      wall += ms;
      steady += ms;
    },
    jump: (ms) => {
      wall += ms;
    },
  };
};
