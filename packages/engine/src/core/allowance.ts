import type { Clock } from "../ports.ts";

/**
 * Whether something may be done once more, for each thing by its name: so many times within `periodMs`. A yes counts as done.
 * Kept in memory only.
 */
export function createAllowance(clock: Clock, times: number, periodMs: number): (what: string) => boolean {
  const done = new Map<string, readonly number[]>();
  return (what) => {
    const recent = (done.get(what) ?? []).filter((at) => Math.abs(clock.now() - at) < periodMs);
    if (recent.length >= times) return false;
    done.set(what, [...recent, clock.now()]);
    return true;
  };
}
