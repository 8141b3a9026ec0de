import type { Clock } from "../ports.ts";

/**
 * Whether something may be done again, for each thing by its name: the first time, and then once in `pauseMs`. A yes counts as
 * done. Kept in memory only; a clock that jumps makes it a yes.
 */
export function createPauses(clock: Clock, pauseMs: number): (what: string) => boolean {
  const doneAt = new Map<string, number>();
  const isRecent = (at: number): boolean => Math.abs(clock.now() - at) < pauseMs;
  return (what) => {
    for (const [one, at] of doneAt) if (!isRecent(at)) doneAt.delete(one);
    if (doneAt.has(what)) return false;
    doneAt.set(what, clock.now());
    return true;
  };
}
