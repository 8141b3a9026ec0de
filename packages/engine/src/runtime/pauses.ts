import type { Clock } from "./ports.ts";

/**
 * Whether something may be done again, for each thing by its name: so often within `periodMs`. A
 * yes counts as done. Kept in memory only; no clock that is moved makes it a yes.
 */
export function createPauses(clock: Pick<Clock, "steady">, periodMs: number, times = 1): (what: string) => boolean {
  const done = new Map<string, readonly number[]>();
  const isRecent = (at: number): boolean => clock.steady() - at < periodMs;
  return (what) => {
    for (const [one, at] of done) if (!at.some(isRecent)) done.delete(one);
    const recent = (done.get(what) ?? []).filter(isRecent);
    if (recent.length >= times) return false;
    done.set(what, [...recent, clock.steady()]);
    return true;
  };
}
