/** How far this device's clock is from a store's. */
import type { Clock } from "../../runtime/ports.ts";
import type { Reach, StoreFacts } from "../port.ts";

export interface StoreClock extends Pick<StoreFacts, "skew" | "clockOff"> {
  /** The store said hello; `now`: its time, in seconds. */
  greeted(now: number): void;
}

export function createStoreClock(clock: Clock, reach: () => Reach): StoreClock {
  let skew = 0;
  /** How far this device's time of day was ahead of its steady time when the store said hello. */
  let ahead: number | undefined;
  const aheadNow = (): number => clock.now() - clock.steady();

  function clockOff(): number | undefined {
    const { state, error } = reach();
    if (ahead === undefined) return error === undefined ? undefined : 0;
    return state === "online" ? skew + Math.round((aheadNow() - ahead) / 1000) : skew;
  }

  return {
    greeted: (now) => {
      skew = Math.round(clock.now() / 1000) - now;
      ahead = aheadNow();
    },
    skew: () => skew,
    clockOff,
  };
}
