import type { Attack } from "../attack.ts";
import { absencesOf, putsOf, Scores } from "../clues.ts";

const SOON_MS = 30_000;

/**
 * Who writes at once when they come back had something to answer: of those who wrote while they
 * were away.
 */
export const returnPuts: Attack = {
  name: "puts in the first 30 s after coming back",
  kind: "timing",
  reads: "connections, times of puts",
  run: (view) => {
    const puts = putsOf(view);
    const scores = new Scores();
    for (const { who, from, to } of absencesOf(view)) {
      const missed = puts.filter((put) => put.at >= from && put.at < to && put.who !== who);
      const writes = puts.some((put) => put.who === who && put.at >= to && put.at <= to + SOON_MS);
      const writers = new Set(missed.map((put) => put.who));
      for (const writer of writers) scores.add(who, writer, (writes ? 1 : -1) / writers.size);
    }
    return scores.best();
  },
};
