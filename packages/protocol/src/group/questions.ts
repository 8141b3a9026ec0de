/** How many questions about groups a person is asked (docs/protocol.md, section 5.4). */

/** Open questions of one contact, of all, and new ones of one contact in a day that get no yes. */
const MAX_OPEN_OF_ONE = 8;
const MAX_OPEN = 32;
const MAX_A_DAY = 8;

/**
 * Whether `by` may ask one more. `open`: who asked each open question, the oldest first; `today`:
 * how many of theirs within a day got no yes. A number: the open question that gives way, since its
 * author has the most of them, so that a few people cannot keep the others from asking.
 */
export function mayAsk(by: string, open: readonly string[], today: number): boolean | number {
  const countOf = (who: string): number => open.filter((other) => other === who).length;
  if (countOf(by) >= MAX_OPEN_OF_ONE || today >= MAX_A_DAY) return false;
  if (open.length < MAX_OPEN) return true;
  const most = Math.max(...open.map(countOf));
  return countOf(by) + 1 < most && open.findLastIndex((who) => countOf(who) === most);
}
