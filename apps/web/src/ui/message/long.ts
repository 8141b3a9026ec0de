/** A text that is longer than this is folded. */
const LONG = { characters: 1_500, lines: 26 };
/** So much of it is shown then. */
const SHOWN = { characters: 1_000, lines: 16 };

/**
 * The first part of a long text, cut after a line or a word; undefined when the text is short
 * enough to be shown whole.
 */
export function firstPart(text: string): string | undefined {
  if (text.length <= LONG.characters && lineEnd(text, LONG.lines) === text.length) return undefined;
  const lines = lineEnd(text, SHOWN.lines);
  if (lines < SHOWN.characters) return text.slice(0, lines).trimEnd();
  const first = text.slice(0, SHOWN.characters);
  const space = first.search(/\s\S*$/u);
  return (space > SHOWN.characters / 2 ? first.slice(0, space) : wholeCharacters(first)).trimEnd();
}

/** Where the line of this number ends. */
function lineEnd(text: string, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text.length;
  }
  return at;
}

/** Without half of a character at the end, or a part of one that is put together. */
function wholeCharacters(text: string): string {
  const characters = [...new Intl.Segmenter().segment(text.slice(-64))];
  const last = characters.at(-1)?.segment ?? "";
  return characters.length > 1 ? text.slice(0, text.length - last.length) : text;
}
