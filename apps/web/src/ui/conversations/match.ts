import type { Named } from "@pli/engine/api";
import { placesOf } from "@pli/engine/content";

/** Whether every word typed begins a word of the name. */
function matches(name: string, typed: string): boolean {
  const starts = typed.split(/\s+/u).filter(Boolean);
  return starts.every((start) => placesOf(name, start).length > 0);
}

const SHORTEST_ID = 4;

/**
 * What fits the text typed, what the person surely means first: whose identifier begins so, then a
 * name they gave themselves, then names that others chose. Within each, the order is kept.
 */
export function ranked<T>(
  items: readonly T[],
  typed: string,
  { who, given }: { who: (item: T) => Named; given: ReadonlySet<string> },
): T[] {
  const query = typed.trim().toLowerCase();
  if (query === "") return [...items];
  const rank = (item: T): number => {
    const { id, name } = who(item);
    if (query.length >= SHORTEST_ID && id.startsWith(query)) return 0;
    if (!matches(name, typed)) return Infinity;
    return given.has(id) ? 1 : 2;
  };
  return items
    .map((item) => ({ item, at: rank(item) }))
    .filter(({ at }) => at < Infinity)
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** A piece of an excerpt; `hit`: it is what was searched. */
export interface ExcerptPiece {
  readonly text: string;
  readonly hit: boolean;
}

/** How many characters are shown before the first hit, and in all. */
const [BEFORE, EXCERPT] = [30, 300];

/**
 * A line from a little before the first place where it has what was typed, with those places
 * marked.
 */
export function excerptOf(line: string, typed: string): ExcerptPiece[] {
  const places = placesOf(line, typed);
  const from = beginningOf(line, places[0]?.start ?? 0);
  const end = from + EXCERPT;
  const pieces: ExcerptPiece[] = from > 0 ? [{ text: "… ", hit: false }] : [];
  let at = from;
  for (const place of places.filter(({ start }) => start < end)) {
    pieces.push(
      { text: line.slice(at, place.start), hit: false },
      { text: line.slice(place.start, place.end), hit: true },
    );
    at = place.end;
  }
  pieces.push({ text: line.slice(at, Math.max(at, end)), hit: false });
  return pieces.map(({ text, hit }) => ({ text: text.toWellFormed(), hit })).filter(({ text }) => text !== "");
}

/** Where an excerpt begins: after a space, where there is one near. */
function beginningOf(line: string, hit: number): number {
  if (hit <= BEFORE) return 0;
  const near = line.slice(hit - BEFORE, hit - BEFORE / 3);
  return hit - BEFORE + near.indexOf(" ") + 1;
}
