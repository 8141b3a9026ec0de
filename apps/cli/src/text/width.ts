/** How wide texts are in a terminal, and how they are cut and wrapped. */
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

/** A text as what a person sees as characters. */
export function characters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** How many columns of a terminal a text without control characters takes. */
export function columnsOf(text: string): number {
  return characters(text).reduce((sum, character) => sum + characterColumns(character), 0);
}

function characterColumns(character: string): 0 | 1 | 2 {
  if (ZERO.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return EMOJI.test(character) || WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/**
 * How many columns any terminal takes. A terminal that does not know a composed emoji draws each
 * part of it. Lines are broken by this width, so that no terminal breaks them elsewhere.
 */
const mostColumns = (character: string): number =>
  Math.max(
    characterColumns(character),
    Array.from(character).reduce((sum, one) => sum + characterColumns(one), 0),
  );

/** A text of at most `columns`, with an ellipsis where it was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `${closed(take(characters(text), Math.max(0, columns - 1)))}…`.slice(0, columns === 0 ? 0 : undefined);
}

/** Closes an isolate that was cut, so that it does not turn what stands behind it. */
const closed = (kept: string): string =>
  kept.lastIndexOf("\u2068") > kept.lastIndexOf("\u2069") ? `${kept}\u2069` : kept;

/** A text of exactly `columns`: cut, or filled with spaces. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + " ".repeat(Math.max(0, columns - columnsOf(short)));
}

/** A line as lines of at most `columns`, broken between words where possible. */
export function wrap(line: string, columns: number): string[] {
  if (columns === Infinity) return [line];
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<= )/u)) {
    if (mostOf(current + word.trimEnd()) <= width) {
      current += word;
      continue;
    }
    if (current !== "") lines.push(current.trimEnd());
    const pieces = hardWrap(word, width);
    current = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  return [...lines, current];
}

/**
 * A line as pieces of at most `columns`, broken after spaces where possible. Together they are the
 * line, letter by letter. A space at the end of a piece may stand one column beyond.
 */
export function wrapWhole(line: string, columns: number): string[] {
  const pieces: string[] = [];
  let [piece, used] = ["", 0];
  const close = (): void => {
    if (piece !== "") pieces.push(piece);
    [piece, used] = ["", 0];
  };
  for (const word of line.split(/(?<= )/u)) {
    const room = Math.max(1, mostOf(word.trimEnd()));
    if (used + room > columns) close();
    for (const part of hardWrap(word, columns)) {
      if (piece !== "" && used + mostOf(part.trimEnd()) > columns) close();
      piece += part;
      used += mostOf(part);
    }
  }
  return [...pieces, piece];
}

const mostOf = (text: string): number => characters(text).reduce((sum, character) => sum + mostColumns(character), 0);

/**
 * A word as pieces of at most `columns`. A wider character is a piece by itself. Spaces at the end
 * take no room.
 */
function hardWrap(word: string, columns: number): string[] {
  const bare = word.trimEnd();
  const pieces: string[] = [];
  let [piece, used] = ["", 0];
  for (const character of characters(bare)) {
    const more = mostColumns(character);
    if (piece !== "" && used + more > columns) {
      pieces.push(piece);
      [piece, used] = ["", 0];
    }
    piece += character;
    used += more;
  }
  return [...pieces, piece + word.slice(bare.length)];
}

function take(all: readonly string[], columns: number): string {
  let used = 0;
  const kept = all.findIndex((character) => (used += characterColumns(character)) > columns);
  return (kept === -1 ? all : all.slice(0, kept)).join("");
}
