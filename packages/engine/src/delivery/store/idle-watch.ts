/** Asks a quiet line for a sign of life. */
import type { Clock } from "../../runtime/ports.ts";

/** Without a frame for this long the store is asked for a sign of life. */
const IDLE_MS = 45_000;
export interface IdleWatch {
  /** The line is up. */
  start(): void;
  /** The line is gone. */
  stop(): void;
  /** A frame has come. */
  heard(): void;
}

export function createIdleWatch(clock: Clock, ask: () => void): IdleWatch {
  let heardAt = 0;
  let cancel = (): void => {};

  function look(): void {
    if (clock.steady() - heardAt >= IDLE_MS) ask();
    cancel = clock.after(IDLE_MS, look);
  }

  return {
    start: () => {
      heardAt = clock.steady();
      cancel = clock.after(IDLE_MS, look);
    },
    stop: () => cancel(),
    heard: () => void (heardAt = clock.steady()),
  };
}
