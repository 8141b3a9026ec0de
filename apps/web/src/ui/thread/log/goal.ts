/** Where the list of a thread goes. */
import { orderOf, type Row } from "./rows.ts";

/** The list goes there once for each such value. */
export interface Goal {
  /** The message of this order or the next one after it, or the end of the list. */
  at: number | "end";
  /** In the middle, or first in view with the line above it that says what is new. */
  as?: "middle" | "first";
  /** The message takes the focus. */
  focused?: boolean;
}

/** What the list holds of a conversation. */
export interface Contents {
  rows: readonly Row[];
  hasOlder: boolean;
  hasNewer: boolean;
  /** The rows are about to change again. */
  isMoving: boolean;
}

/** Whether the place of a goal is among these rows. */
export function isHeld({ at }: Goal, { rows, hasOlder, hasNewer }: Contents): boolean {
  if (at === "end") return !hasNewer;
  const orders = rows.flatMap((row) => orderOf(row) ?? []);
  return (!hasOlder || (orders[0] ?? 0) <= at) && (!hasNewer || (orders.at(-1) ?? 0) >= at);
}

/** The order to hold messages around; undefined for the end. */
export const orderOfGoal = ({ at }: Goal): number | undefined => (at === "end" ? undefined : at);
