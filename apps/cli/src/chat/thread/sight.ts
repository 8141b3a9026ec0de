/**
 * Which rows of a thread are in sight. Rows are in the order of messages, several of one message.
 */
import type { MessageView } from "@pli/engine/api";
import type { ThreadRow } from "../draw/rows.ts";

type Rows = readonly ThreadRow[];

/** Where the window of a thread stands. */
export interface Sight {
  readonly rows: Rows;
  /** How many rows the window stands above the newest. */
  readonly scrolled: number;
  /** How many rows are in sight. */
  readonly page: number;
}

/** A message to bring into sight. */
export interface Target {
  readonly order: number;
  readonly at: "top" | "middle";
}

/** How far to scroll so that a message is in sight; 0 where it has not come yet. */
export function scrolledTo({ order, at }: Target, { rows, page }: Pick<Sight, "rows" | "page">): number {
  const first = rows.findIndex((row) => row.order >= order);
  const below = at === "top" ? page - 1 : Math.floor(page / 2);
  return first < 0 ? 0 : Math.max(0, rows.length - 1 - first - below);
}

/** How far to scroll in new rows so that the lowest row in sight stays where it is. */
export function scrolledAlike(before: Pick<Sight, "rows" | "scrolled">, rows: Rows): number {
  const end = rows.length - 1;
  const bottom = before.rows.length - 1 - before.scrolled;
  const { order } = before.rows[bottom] ?? { order: 0 };
  const fromItsEnd = before.rows.findLastIndex((row) => row.order === order) - bottom;
  const now = rows.findLastIndex((row) => row.order <= order);
  return now < 0 ? 0 : Math.max(0, Math.min(end, end - (now - fromItsEnd)));
}

/** The order of the message in the middle of the window. */
export const middleOrder = ({ rows, scrolled, page }: Sight): number | undefined =>
  rows[Math.max(0, rows.length - 1 - scrolled - Math.floor(page / 2))]?.order;

/** The order of the first message in sight. */
export const firstInSight = ({ rows, scrolled, page }: Sight): number =>
  rows[Math.max(0, rows.length - scrolled - page)]?.order ?? 0;

/**
 * The order of the last message of others whose last row is in sight; 0 for none. Where there is
 * more below, a hint covers the lowest row.
 */
export function lastSeen({ rows, scrolled }: Sight, messages: readonly MessageView[], hasNewer: boolean): number {
  const isCovered = scrolled > 0 || hasNewer;
  const bottom = rows.length - 1 - scrolled - (isCovered ? 1 : 0);
  const { order } = rows[bottom] ?? { order: 0 };
  const isWhole = rows[bottom + 1]?.order !== order;
  return messages.findLast((one) => !one.mine && (isWhole ? one.order <= order : one.order < order))?.order ?? 0;
}
