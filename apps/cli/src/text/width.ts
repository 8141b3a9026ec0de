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

/** What a person sees as one character each. */
export function characters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Columns of a terminal that a text without control characters takes. */
export function columnsOf(text: string): number {
  return characters(text).reduce((sum, character) => sum + characterColumns(character), 0);
}

function characterColumns(character: string): 0 | 1 | 2 {
  if (ZERO.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return EMOJI.test(character) || WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** At most `columns` wide, with an ellipsis where something was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `${take(characters(text), Math.max(0, columns - 1))}…`.slice(0, columns === 0 ? 0 : undefined);
}

/** Exactly `columns` wide: cut or filled with spaces. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + " ".repeat(Math.max(0, columns - columnsOf(short)));
}

/** One line of any length as lines of at most `columns`, broken between words where it can be. */
export function wrap(line: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<= )/u)) {
    if (columnsOf(current + word.trimEnd()) <= width) {
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

function hardWrap(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = characters(word);
  while (columnsOf(rest.join("").trimEnd()) > columns) {
    const piece = take(rest, columns) || (rest[0] ?? "");
    pieces.push(piece);
    rest = rest.slice(characters(piece).length);
  }
  return [...pieces, rest.join("")];
}

function take(all: readonly string[], columns: number): string {
  let used = 0;
  const kept = all.findIndex((character) => (used += characterColumns(character)) > columns);
  return (kept === -1 ? all : all.slice(0, kept)).join("");
}
