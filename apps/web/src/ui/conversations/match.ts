import type { Named } from "@pli/engine/api";

/** Lower case without accents: what people type when they search. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word typed begins a word of the name. */
function matches(name: string, typed: string): boolean {
  const words = folded(name).split(/[^\p{L}\p{N}]+/u);
  const wanted = folded(typed).split(/\s+/u).filter(Boolean);
  return wanted.every((start) => words.some((word) => word.startsWith(start)));
}

const SHORTEST_ID = 4;

/**
 * What fits the text typed, what the person surely means first: whose identifier begins so, then a name they gave
 * themselves, then names that others chose. Within each, the order is kept.
 */
export function ranked<T>(
  items: readonly T[],
  typed: string,
  p: { who: (item: T) => Named; given: ReadonlySet<string> },
): T[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return [...items];
  const rank = (item: T): number => {
    const { id, name } = p.who(item);
    if (wanted.length >= SHORTEST_ID && id.startsWith(wanted)) return 0;
    if (!matches(name, typed)) return Infinity;
    return p.given.has(id) ? 1 : 2;
  };
  return items
    .map((item) => ({ item, at: rank(item) }))
    .filter(({ at }) => at < Infinity)
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
