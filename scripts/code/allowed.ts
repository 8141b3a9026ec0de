/**
 * What the checks of the code still let pass, in `allowed.json`. The lists may only shrink: an
 * entry that nothing needs any more is a problem too.
 */
import { exists, read } from "../repository.ts";

export interface Allowed {
  /** Beginnings of paths: import cycles that lie within one of them are let pass, and why. */
  readonly cycles: Readonly<Record<string, string>>;
  /** Names of functions that are too long. */
  readonly longFunctions: readonly string[];
  /** How many phrases that make riddles a folder may have. */
  readonly phrases: Readonly<Record<string, number>>;
  /** How many SQL statements a module has that is no table module. */
  readonly sql: Readonly<Record<string, number>>;
}

export const ALLOWED_FILE = "scripts/code/allowed.json";

const NOTHING: Allowed = { cycles: {}, longFunctions: [], phrases: {}, sql: {} };

export const readAllowed = (): Allowed =>
  exists(ALLOWED_FILE) ? (JSON.parse(read(ALLOWED_FILE)) as Allowed) : NOTHING;

/** What the checks found of what may be allowed. */
export interface Found {
  readonly cycles: readonly (readonly string[])[];
  readonly longFunctions: readonly string[];
  readonly phrases: ReadonlyMap<string, number>;
  readonly sql: ReadonlyMap<string, number>;
}

/** The list as short as it can be today: nothing is added to it, and no number grows. */
export const shrunk = (allowed: Allowed, found: Found): Allowed => ({
  cycles: Object.fromEntries(
    Object.entries(allowed.cycles).filter(([folder]) => found.cycles.some((group) => liesWithin(group, folder))),
  ),
  longFunctions: allowed.longFunctions.filter((name) => found.longFunctions.includes(name)),
  phrases: atMost(allowed.phrases, found.phrases),
  sql: atMost(allowed.sql, found.sql),
});

const atMost = (
  allowed: Readonly<Record<string, number>>,
  found: ReadonlyMap<string, number>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(allowed)
      .map(([path, count]) => [path, Math.min(count, found.get(path) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );

export const liesWithin = (group: readonly string[], folder: string): boolean =>
  group.every((path) => path.startsWith(folder));

/** Entries that nothing needs, as sentences. */
export function needless(allowed: Allowed, found: Found): string[] {
  const kept = shrunk(allowed, found);
  const gone = [
    ...Object.keys(allowed.cycles).filter((folder) => !(folder in kept.cycles)),
    ...allowed.longFunctions.filter((name) => !kept.longFunctions.includes(name)),
    ...Object.keys(allowed.phrases).filter((folder) => !(folder in kept.phrases)),
    ...Object.keys(allowed.sql).filter((path) => !(path in kept.sql)),
  ];
  return gone.map((entry) => `${ALLOWED_FILE}: ${entry} is not needed any more (node scripts/check-code.ts --shrink)`);
}
