import { codeOf, hasRightToLeft, shownText } from "./shown.ts";

/**
 * Names that others chose, as they stand among our own words. A name cannot be read as one of our
 * signs, as a second person's line, as "you", or as somebody whom the reader knows: it stands in
 * quotes, or has its identifier behind it.
 */

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Somebody the reader knows. `own`: the reader chose this name, for them or for oneself. */
export interface Known extends Named {
  readonly own?: boolean;
}

/** How everybody is called before one reader. */
export interface Naming {
  /**
   * For a line of words: in quotes where it could be read as more than a name, with the identifier
   * where it needs one.
   */
  nameOf(who: Named): string;
  /**
   * For a place of its own: the name as it is shown, and the beginning of the identifier where it
   * needs one.
   */
  partsOf(who: Named): { readonly name: string; readonly id: string | undefined };
}

const SHORT_ID = 8;
const [FSI, PDI] = ["\u2068", "\u2069"];

/**
 * What names are made of. Everything else might be a sign of a line: a colon, a tick, a dot, a
 * bracket, a quote.
 */
const PLAIN =
  /^(?:[\p{L}\p{M}\p{N}'’.&@#+!_-]|[ \u00a0\u202f\u3000](?=\S)|\u200c|\u200d|\ufe0f|[\p{RI}\p{EMod}]|(?![✔☑✅⚪⚫])\p{ExtPict})*$/u;
const QUOTES = /["“”„‟«»＂〝〞]/gu;
const WORD = /[\p{L}\p{M}]+/gu;
/** Alphabets with letters of the same shape: in one word they are not mixed by accident. */
const ALPHABETS = [/\p{sc=Latin}/u, /\p{sc=Cyrillic}/u, /\p{sc=Greek}/u, /\p{sc=Armenian}/u, /\p{sc=Cherokee}/u];

/** What Pli itself says of the reader, of itself and of nobody, in all its languages. */
const OURS = ["you", "me", "vous", "moi", "toi", "pli", "system", "système", "draft", "brouillon"];

/** Letters drawn like a Latin one in common fonts. Our own table: Cyrillic, Greek, and digits. */
const SHAPES = new Map(
  Object.entries({
    a: "аΑα",
    b: "ВβΒЬ",
    c: "сС",
    e: "еЕΕ",
    h: "һНΗ",
    i: "іІΙιl1|ӏ",
    j: "јЈ",
    k: "кКΚκ",
    m: "МΜм",
    n: "Νп",
    o: "оОΟο0",
    p: "рРΡρ",
    q: "ԛ",
    s: "ѕЅ",
    t: "ТΤтτ",
    u: "υ",
    v: "ν",
    w: "ԝ",
    x: "хХΧχ",
    y: "уУΥү",
    z: "Ζ",
  }).flatMap(([latin, alike]) => Array.from(alike, (char) => [char, latin] as const)),
);

/**
 * What two names share that a person cannot tell apart at a glance: case, accents, spaces, forms of
 * one letter and letters of the same shape do not count. For comparing only.
 */
export function likenessOf(name: string): string {
  const bare = name.normalize("NFKD").replaceAll(/[\p{M}\p{DI}\s\p{P}]/gu, "");
  const latin = (text: string) => Array.from(text, (char) => SHAPES.get(char) ?? char).join("");
  return latin(latin(bare).toLowerCase()) || name.trim();
}

const OURS_ALIKE = new Set(OURS.map(likenessOf));

/**
 * A name for one line of ours: nothing in it is hidden, and what could be read as a sign of ours
 * stands in quotes.
 */
export function shownName(name: string): string {
  if (PLAIN.test(name) && !isMixed(name)) return isolated(shownText(name, "one line"));
  return isolated(`“${unquoted(name)}”`);
}

/**
 * A name where our own sentence puts it in quotes: nothing in it is hidden, and nothing ends the
 * quotes.
 */
export const nameForQuotes = (name: string): string => isolated(unquoted(name));

const unquoted = (name: string): string =>
  shownText(name, "one line").replaceAll(QUOTES, (quote) => `⟨${codeOf(quote.codePointAt(0) ?? 0)}⟩`);

const isMixed = (name: string): boolean =>
  (name.match(WORD) ?? []).some((word) => ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1);

const isBlank = (name: string): boolean => name.replaceAll(/[\s\p{DI}\u2800]/gu, "") === "";

/**
 * A name like the beginning of an identifier, as it stands for people without a name, which is not
 * their own.
 */
function isAnothersId(id: string, name: string): boolean {
  const bare = name
    .normalize("NFKC")
    .replaceAll(/[\s\p{DI}]/gu, "")
    .toLowerCase();
  return /^[0-9a-f]{8,}$/u.test(bare) && !id.startsWith(bare);
}

/** For a place beside words of ours: what is written from right to left does not turn them. */
export const isolated = (text: string): string => (hasRightToLeft(text) ? FSI + text + PDI : text);

/** How to call people and groups before a reader who knows these. */
export function createNaming(known: Iterable<Known>): Naming {
  const alike = new Map<string, Map<string, boolean>>();
  for (const { id, name, own = false } of known) {
    const likeness = likenessOf(name);
    const those = alike.get(likeness) ?? new Map<string, boolean>();
    alike.set(likeness, those.set(id, own || those.get(id) === true));
  }

  const idOf = ({ id, name }: Named): string | undefined =>
    isBlank(name) || isAnothersId(id, name) || !isSure(id, likenessOf(name)) ? id.slice(0, SHORT_ID) : undefined;

  /** The reader gave this name and gave it once, or nobody else has one like it. */
  function isSure(id: string, likeness: string): boolean {
    const those = alike.get(likeness);
    const others = [...(those ?? [])].filter(([other]) => other !== id);
    if (those?.get(id) === true) return !others.some(([, own]) => own);
    return others.length === 0 && !OURS_ALIKE.has(likeness);
  }

  return {
    nameOf(who) {
      const [name, id] = [isBlank(who.name) ? "" : shownName(who.name), idOf(who)];
      return id === undefined ? name : `${name} [${id}]`.trim();
    },
    partsOf: (who) => ({ name: isBlank(who.name) ? "" : isolated(shownText(who.name, "one line")), id: idOf(who) }),
  };
}
