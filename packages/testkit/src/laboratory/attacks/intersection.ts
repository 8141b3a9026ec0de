import type { Attack } from "../attack.ts";
import { burstsOf, putsOf, Scores, peopleOf } from "../clues.ts";
import type { View } from "../view.ts";

const ANSWERED_MS = 120_000;
const TOGETHER_MS = 2_000;

/**
 * Whenever something of one is answered by anybody, the one who answers is on line: who is so each
 * time?
 */
export const intersection: Attack = {
  name: "intersection of who is on line",
  kind: "timing",
  reads: "connections, times of puts",
  run: (view) => {
    const presence = presenceOf(view);
    const people = peopleOf(view);
    const bursts = burstsOf(putsOf(view), TOGETHER_MS);
    const scores = new Scores();
    for (const [i, { who, at, end }] of bursts.entries()) {
      const answer = bursts.slice(i + 1, i + 20).find((next) => next.who !== who && next.at <= end + ANSWERED_MS);
      for (const other of people) {
        const isThere = presence.isOnline(other, answer?.at ?? at);
        const surprise = (isThere ? 1 : 0) - presence.share(other);
        scores.add(who, other, answer === undefined ? -surprise : surprise);
      }
    }
    return scores.best();
  },
};

function presenceOf(view: View): { isOnline(who: string, at: number): boolean; share(who: string): number } {
  const spans = new Map<string, { from: number; to: number }[]>();
  const open = new Map<number, { from: number; to: number }>();
  for (const { connection, who, at, type } of view.events) {
    if (type === "close") open.delete(connection);
    const span = open.get(connection) ?? { from: at, to: at };
    if (type !== "close" && !open.has(connection)) {
      open.set(connection, span);
      const known = spans.get(who) ?? [];
      known.push(span);
      spans.set(who, known);
    }
    span.to = at;
  }
  const [begin, end] = [view.events[0]?.at ?? 0, view.events.at(-1)?.at ?? 0];
  const shares = new Map(
    [...spans].map(([who, all]) => [
      who,
      all.reduce((sum, { from, to }) => sum + to - from, 0) / Math.max(1, end - begin),
    ]),
  );
  return {
    isOnline: (who, at) => (spans.get(who) ?? []).some(({ from, to }) => from <= at && at <= to),
    share: (who) => shares.get(who) ?? 0,
  };
}
