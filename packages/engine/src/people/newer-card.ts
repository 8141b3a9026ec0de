import type { Card } from "@pli/protocol/identity";

const DAY_SECONDS = 86_400;

/**
 * Whether a card takes the place of the one that is known; `now` in ms. The later one does. But a
 * card of a day that is still to come was made by a wrong clock: any of until now takes its place,
 * so that it does not keep all later names of its person away.
 */
export function isNewerCard(card: Card, known: Card, now: number): boolean {
  const latest = Math.floor(now / 1000) + DAY_SECONDS;
  return card.issuedAt > known.issuedAt || (known.issuedAt > latest && card.issuedAt <= latest);
}
