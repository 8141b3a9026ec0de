/** More than a letter with a link in it. What is longer holds no invitation. */
const MAX_CHARS = 16_384;
/** At most this many places of one text are tried. */
const MAX_CODES = 8;

const INVISIBLE = /\u034f|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;
const PERCENT = /(?:%[0-9a-f]{2})+/giu;
/**
 * Between the pieces of a broken link: spaces, line breaks, and what mail puts before the lines of
 * a letter it quotes.
 */
const BREAK = /\s+(?:[>|]+\s*)*/u;
const BEGINNING = /\/[\s>|]*[id][\s>|]*#/gu;
/** What may follow a link without a space: the end of a sentence or of a bracket. */
const CLOSING = /^[>)\]}"'»”’…*,.;:!?]/u;

/** The characters of a link behind its #, as somebody pasted them. */
export interface PastedCode {
  /** The pieces put together, up to the first character that is none of a code. */
  readonly chars: string;
  /** How long the first piece is. */
  readonly firstPiece: number;
  /** After the last piece comes nothing, or what may follow a link. */
  readonly endsWell: boolean;
  /** Whether a code may end after this many characters: a piece ends there, and so may the link. */
  mayEndAt(length: number): boolean;
}

/**
 * Where the code of a link may stand in what was pasted. None when it is too long for a link and a
 * letter around it.
 */
export function codesIn(input: string): readonly PastedCode[] {
  if (input.length > MAX_CHARS) return [];
  const text = input.replaceAll(PERCENT, decoded).replaceAll(INVISIBLE, "").trim();
  const begins = [...text.matchAll(BEGINNING)].slice(0, MAX_CODES).map(({ 0: mark, index }) => index + mark.length);
  if (begins.length > 0) return begins.map((begin) => codeAt(text, begin));
  // An application may have dropped the # and all behind it.
  return [codeAt(text, /\/[id]$/u.test(text) ? text.length : text.indexOf("#") + 1)];
}

function codeAt(text: string, begin: number): PastedCode {
  let chars = "";
  let tail = "";
  const ends: number[] = [];
  for (const piece of text
    .slice(begin)
    .replace(/^[\s>|]+/u, "")
    .split(BREAK)) {
    const [run = ""] = /^[A-Za-z0-9_-]*/u.exec(piece) ?? [];
    chars += run;
    ends.push(chars.length);
    tail = piece.slice(run.length);
    if (tail !== "") break;
  }
  const endsWell = tail === "" || CLOSING.test(tail);
  const last = ends.at(-1);
  return {
    chars,
    firstPiece: ends[0] ?? 0,
    endsWell,
    mayEndAt: (length) => ends.includes(length) && (length !== last || endsWell),
  };
}

function decoded(percents: string): string {
  try {
    return decodeURIComponent(percents);
  } catch {
    return percents;
  }
}
