/** Draws every second while the screen says in how many seconds a store is called again. */
import type { Clock } from "@pli/engine/ports";
import type { Ui } from "./ui.ts";

const TICK_MS = 1000;

export interface Countdown {
  start(): void;
  stop(): void;
}

export function createCountdown(clock: Clock, { state, redraw }: Ui): Countdown {
  let stop = (): void => {};

  function start(): void {
    stop();
    if (state.status?.connection.nextTry === undefined && state.pairing?.waitsFor?.nextTry === undefined) return;
    stop = clock.after(TICK_MS, () => {
      redraw();
      start();
    });
  }

  return { start, stop: () => stop() };
}
