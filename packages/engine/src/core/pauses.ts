import type { Clock } from "../ports.ts";

/**
 * Whether something may be done again, for each thing by its name: so often within `periodMs`. A yes counts as done. Kept in
 * memory only; a clock that jumps makes it a yes.
 */
export function createPauses(clock: Clock, periodMs: number, times = 1): (what: string) => boolean {
  const done = new Map<string, readonly number[]>();
  const isRecent = (at: number): boolean => Math.abs(clock.now() - at) < periodMs;
  return (what) => {
    for (const [one, at] of done) if (!at.some(isRecent)) done.delete(one);
    const recent = (done.get(what) ?? []).filter(isRecent);
    if (recent.length >= times) return false;
    done.set(what, [...recent, clock.now()]);
    return true;
  };
}
