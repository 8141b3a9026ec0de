import { UNSPACED } from "@pli/protocol/content";

/**
 * What of a text people search, and where it is. Both sides are folded alike: case, accents, forms
 * of one letter, ligatures, full width and ß do not count. A text is its terms in order: words;
 * each character of its own in scripts that put no spaces between words; each sign and emoji.
 * Punctuation is none.
 */

/** A term, and the part of the text it stands for. */
interface Term {
  readonly term: string;
  readonly start: number;
  readonly end: number;
  /** Whether it is a character of a script without spaces, or of one that glues words together. */
  readonly unspaced: boolean;
}

/**
 * Terms that follow one another, as somebody typed them without a space; the last one may only have
 * begun.
 */
interface Phrase {
  readonly terms: readonly string[];
  readonly begun: boolean;
}

/** A part of a text: `text.slice(start, end)`. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** So much of what is typed is looked at: a sentence that somebody pastes. */
const MAX_QUERY = 256;
/** Of longer words only the beginning counts. */
const MAX_TERM = 64;
/**
 * More different terms than the longest text of a person has: each is work when it is erased, which
 * somebody may want to cause.
 */
const MAX_DISTINCT = 4_096;
/** A sign that stands for a whole sentence stays one, or a text of them would fill the index. */
const MAX_APART = 8;

/** Letters that Unicode does not take apart and people type as others. */
const LETTERS: Readonly<Record<string, string>> = { æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ħ: "h", ł: "l", ŧ: "t" };

/** A character with what stands on it. Halfwidth katakana have their marks beside them. */
const UNIT = /\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu;
/**
 * Marks that may be left out: accents, Arabic and Hebrew vowels, what nobody sees. Of other scripts
 * they are letters; so is dakuten.
 */
const LEFT_OUT = /(?![\u3099\u309a])[\p{sc=Inherited}\p{sc=Hebrew}\p{sc=Arabic}](?<=\p{M})|[\p{DI}\u0640]/gu;

/** A Hangul syllable is taken apart, so that one half typed is the beginning of it. */
const SYLLABLE = String.raw`[\u1100-\u115f\ua960-\ua97f][\u1160-\u11ff\ud7b0-\ud7ff]*`;
const CHARACTER = String.raw`(?:${SYLLABLE}|(?=\p{L}|\p{N})[${UNSPACED}]\p{M}{0,8})`;
const TERM = new RegExp(
  String.raw`(?<unspaced>${CHARACTER})|\p{RI}{2}|[\p{Sc}\p{Sm}\p{So}]|(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])+`,
  "gu",
);

/**
 * The text as the index keeps it: its terms, a space between them, as far as there are no more than
 * `MAX_DISTINCT` of them.
 */
export function indexText(text: string): string {
  const distinct = new Set<string>();
  const kept: string[] = [];
  for (const { term } of termsOf(text)) {
    if (distinct.add(term).size > MAX_DISTINCT) break;
    kept.push(term);
  }
  return kept.join(" ");
}

/** The characters of ASCII that are terms, for the tokenizer of the index; all beyond ASCII are. */
export const ASCII_SIGNS = "$+<=>|~";

/**
 * What the index is asked for these words; undefined when nothing is typed that can be found. Never
 * malformed, whatever is typed.
 */
export function indexQuery(typed: string): string | undefined {
  const phrases = phrasesOf(typed).map(({ terms, begun }) => `"${terms.join(" ")}"${begun ? "*" : ""}`);
  return phrases.length === 0 ? undefined : phrases.join(" ");
}

/** Where a text holds what is typed, in order and apart; empty when it does not hold all of it. */
export function placesOf(text: string, typed: string): readonly Place[] {
  const terms = termsOf(text);
  const found: Place[] = [];
  for (const phrase of phrasesOf(typed)) {
    const places = placesOfPhrase(terms, phrase);
    if (places.length === 0) return [];
    found.push(...places);
  }
  return joined(found);
}

function placesOfPhrase(terms: readonly Term[], { terms: wanted, begun }: Phrase): Place[] {
  const places: Place[] = [];
  const last = wanted.length - 1;
  const fits = (term: Term | undefined, i: number): boolean =>
    i === last && begun ? term?.term.startsWith(wanted[i] ?? "") === true : term?.term === wanted[i];
  for (let at = 0; at + last < terms.length; at += 1) {
    if (!wanted.every((_, i) => fits(terms[at + i], i))) continue;
    places.push({ start: terms[at]?.start ?? 0, end: terms[at + last]?.end ?? 0 });
  }
  return places;
}

function joined(places: readonly Place[]): Place[] {
  const merged: Place[] = [];
  for (const place of places.toSorted((a, b) => a.start - b.start)) {
    const before = merged.at(-1);
    if (before === undefined || place.start > before.end) merged.push(place);
    else merged[merged.length - 1] = { start: before.start, end: Math.max(before.end, place.end) };
  }
  return merged;
}

/**
 * What is typed between two spaces is one phrase. Its last term may have begun: always the last
 * typed, and in scripts without spaces each.
 */
function phrasesOf(typed: string): Phrase[] {
  const parts = typed.slice(0, MAX_QUERY).split(/\s+/u).map(termsOf);
  const phrases = parts.filter((terms) => terms.length > 0);
  return phrases.map((terms, i) => ({
    terms: terms.map(({ term }) => term),
    begun: i === phrases.length - 1 || terms.at(-1)?.unspaced === true,
  }));
}

function termsOf(text: string): Term[] {
  const { folded, units } = foldedFrom(text);
  return Array.from(folded.matchAll(TERM), ({ 0: found, index, groups }) => ({
    term: found.slice(0, MAX_TERM).toWellFormed(),
    start: units[index]?.start ?? 0,
    end: units[index + found.length - 1]?.end ?? text.length,
    unspaced: groups?.["unspaced"] !== undefined,
  }));
}

/** A text as search compares it. */
export const foldedText = (text: string): string => foldedFrom(text).folded;

/**
 * The text folded, and for each character of it the part of the text it came from: several may come
 * from one, as "(", "a" and ")" from "⒜".
 */
function foldedFrom(text: string): { folded: string; units: Place[] } {
  const units: Place[] = [];
  let folded = "";
  for (const { 0: unit, index: start } of text.matchAll(UNIT)) {
    const piece = folding(unit);
    const place = { start, end: start + unit.length };
    for (let i = 0; i < piece.length; i += 1) units.push(place);
    folded += piece;
  }
  return { folded, units };
}

function folding(unit: string): string {
  if (/^[a-z0-9 ]$/u.test(unit)) return unit;
  const apart = unit.normalize("NFKD");
  const bare = (apart.length > MAX_APART * unit.length ? unit : apart).replaceAll(LEFT_OUT, "");
  const lower = bare.toLowerCase().toUpperCase().toLowerCase().normalize("NFD").replaceAll(LEFT_OUT, "");
  return lower.replaceAll(/[æœøđðħłŧ]/gu, (letter) => LETTERS[letter] ?? letter);
}
