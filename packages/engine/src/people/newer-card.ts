import type { Card } from "@pli/protocol/identity";

const DAY_SECONDS = 86_400;

/**
 * Whether a card takes the place of the one that is known; `now` in ms. One by keys of a later
 * generation does, and none of an earlier one; of the same generation the later one does. But a
 * card of a day that is still to come was made by a wrong clock: any of until now takes its place,
 * so that it does not keep all later names of its person away.
 */
export function isNewerCard(card: Card, known: Card, now: number): boolean {
  if (card.generation !== known.generation) return card.generation > known.generation;
  const latest = Math.floor(now / 1000) + DAY_SECONDS;
  return card.issuedAt > known.issuedAt || (known.issuedAt > latest && card.issuedAt <= latest);
}
