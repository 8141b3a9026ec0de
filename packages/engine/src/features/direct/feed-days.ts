/** On which days something can have been put that this device looks for in a feed. */
import { firstSeenDay } from "../../delivery/feed/positions.table.ts";
import type { Context } from "../../runtime/context.ts";
import type { Clock } from "../../runtime/ports.ts";

export const DAY_MS = 86_400_000;
/** How far back it can be found: no store keeps it longer unless told so. */
export const OLDEST_DAYS = 31;
/** Days beyond today: the other side's clock, and a line that lasts over midnight. */
export const AHEAD_DAYS = 2;

/** Days since 1970. */
export const today = (clock: Clock): number => Math.floor(clock.now() / DAY_MS);

export interface FeedDays {
  /** The day before this device last read a feed. */
  first(): number;
  last(): number;
}

export function createFeedDays(context: Context): FeedDays {
  const { clock } = context;
  let since = today(clock);

  context.onReload(async (tx) => {
    const seen = (await firstSeenDay(tx)) ?? today(clock);
    // A day that is still to come was saved by a wrong clock: when the feed was read last is not
    // known.
    since = seen > today(clock) ? 0 : seen;
  });

  return {
    first: () => Math.max(Math.min(since, today(clock)) - 1, today(clock) - OLDEST_DAYS, 0),
    last: () => today(clock) + AHEAD_DAYS,
  };
}
