import type { Attack } from "../attack.ts";
import { absencesOf, connectionsOf, isPut, putsOf, Scores } from "../clues.ts";
import type { Seen } from "../view.ts";

const SOON_MS = 10_000;

/**
 * A client for which something came while it was away asks otherwise in its first seconds than one
 * for which nothing did.
 */
export const firstRequests: Attack = {
  name: "first requests of a connection",
  kind: "asking",
  reads: "order and number of requests but puts, in the first 10 s",
  run: (view) => {
    const asked = new Map(connectionsOf(view).map((events) => [events[0].connection, shapeOf(events)]));
    const usual = mostCommon([...asked.values()]);
    const puts = putsOf(view);
    const scores = new Scores();
    for (const { who, from, to, connection } of absencesOf(view)) {
      const writers = puts.filter((put) => put.at >= from && put.at < to && put.who !== who);
      const isUnusual = asked.get(connection) !== usual;
      for (const writer of writers) scores.add(who, writer.who, (isUnusual ? 1 : -0.1) / writers.length);
    }
    return asked.size === 0 || new Set(asked.values()).size === 1 ? [] : scores.best();
  },
};

const shapeOf = ([dial, ...events]: readonly [Seen, ...Seen[]]): string =>
  events
    .filter((seen) => seen.way === "in" && !isPut(seen) && seen.at <= dial.at + SOON_MS)
    .map(({ type }) => type)
    .join();

function mostCommon(shapes: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const shape of shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}
