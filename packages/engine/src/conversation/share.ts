/** Cells that are to leave at a slot in all, however many are on line: 20 each ten minutes are 2,880 a day. */
const WANTED_CELLS = 20;
/** So much each share rises with every slot: those of two clients come together, and a flood of cells never ends receipts. */
const RISE = 0.02;

/**
 * With which probability a client takes part in the next slot, after one with probability `share` in which the feed showed
 * so many cells to everybody. Nothing else decides it: it must not tell whose cells they were.
 */
export function shareAfter(share: number, cells: number): number {
  const change = Math.min(2, Math.max(0.5, WANTED_CELLS / Math.max(1, cells)));
  return Math.min(1, share * change + RISE);
}
