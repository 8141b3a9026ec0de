/** What a mark makes of a selected part of a text: around it, or before each of its lines. */
export const FORMATS = {
  bold: { around: "**" },
  italic: { around: "*" },
  strike: { around: "~~" },
  spoiler: { around: "||" },
  code: { around: "`" },
  quote: { before: "> " },
  list: { before: "- " },
} as const satisfies Record<string, { around: string } | { before: string }>;

export type FormatName = keyof typeof FORMATS;

/** The keys of a format, with Ctrl or ⌘; those in capitals with Shift too. */
export const FORMAT_KEYS: Readonly<Record<string, FormatName>> = {
  b: "bold",
  i: "italic",
  e: "code",
  X: "strike",
  H: "spoiler",
};

/** A text and what of it is selected. */
export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The part of a text to replace, what takes its place, and what is selected then. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly start: number;
  readonly end: number;
}

/** Adds a format to what is selected, or takes it away where it is there already. */
export function withFormat(selected: Selected, name: FormatName): Replacement {
  const format = FORMATS[name];
  return "around" in format ? marked(selected, format.around) : prefixed(selected, format.before);
}

function marked({ text, start, end }: Selected, mark: string): Replacement {
  const { length } = mark;
  const inner = trimmed(text, start, end);
  const [before, after] = [text.slice(inner.start - length, inner.start), text.slice(inner.end, inner.end + length)];
  const said = text.slice(inner.start, inner.end);
  if (before === mark && after === mark && !isLonger(text, inner, mark))
    return {
      from: inner.start - length,
      to: inner.end + length,
      by: said,
      start: inner.start - length,
      end: inner.end - length,
    };
  return {
    from: inner.start,
    to: inner.end,
    by: mark + said + mark,
    start: inner.start + length,
    end: inner.end + length,
  };
}

/** Marks do not hold beside a space. */
function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  const said = text.slice(start, end);
  if (said.trim() === "") return { start: end, end };
  return { start: start + (said.length - said.trimStart().length), end: end - (said.length - said.trimEnd().length) };
}

/** Whether the mark is a part of a longer one: one star of two is no italic. */
const isLonger = (text: string, { start, end }: { start: number; end: number }, mark: string): boolean =>
  mark === "*" && text[start - 2] === "*" && text[end + 1] === "*" && text[start - 3] !== "*";

function prefixed({ text, start, end }: Selected, mark: string): Replacement {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", Math.max(end - 1, from));
  const to = next < 0 ? text.length : Math.max(next, end);
  const lines = text.slice(from, to).split("\n");
  const isThere = lines.every((line) => line.startsWith(mark));
  const by = lines.map((line) => (isThere ? line.slice(mark.length) : mark + line)).join("\n");
  const place = (at: number) => from + Math.max(0, by.length - (to - at));
  return start === end
    ? { from, to, by, start: place(end), end: place(end) }
    : { from, to, by, start: from, end: from + by.length };
}
