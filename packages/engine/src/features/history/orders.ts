/**
 * Where messages of before stand in the order of a device that was linked. What comes to it by
 * itself begins at `LIVE_ORDERS`; each history that it is given has a window of its own below that,
 * the next below the last: who gives one tells the newest first, so what comes of another is older.
 */
import { MAX_PAST_ORDER } from "@pli/protocol/devices";

export const LIVE_ORDERS = 2 ** 48;
export const WINDOW = MAX_PAST_ORDER + 1;
/** As many histories as a device asks for, ever. */
export const MAX_HISTORIES = 200;
/** Below all of them, in the last window that there is, stands what comes from the copy. */
export const COPY_WINDOW = 254;
/** A device's own orders lie in few stretches of this length, which it tells without the gaps. */
export const STRETCH = 2 ** 34;
export const MAX_STRETCHES = 64;

/** The first place of a device's how-manieth history. */
export const windowOf = (number: number): number => LIVE_ORDERS - (number + 1) * WINDOW;

/** A place of this device as others hear it: the same order, below 2^40. */
export function toldOrder(stretches: readonly number[], order: number): number {
  const stretch = Math.floor(order / STRETCH);
  const at = stretches.findLastIndex((one) => one <= stretch);
  return Math.max(0, at) * STRETCH + (order % STRETCH);
}
