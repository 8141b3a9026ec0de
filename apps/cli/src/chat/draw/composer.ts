/** The text being written, with the cursor in it. */
import { oneLine } from "../../text/safe.ts";
import { columnsOf, wrapWhole } from "../../text/width.ts";
import { textOf, type Editor } from "../editor.ts";

const PROMPT = "> ";

/** From 0. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** At most `most` lines of the text, wrapped: those around the cursor. */
export function composerLines(editor: Editor, columns: number, most: number): { lines: string[]; cursor: Cursor } {
  const width = columns - PROMPT.length - 1;
  const before = editor.before.split("\n").map(oneLine);
  const wrapped = textOf(editor)
    .split("\n")
    .map((line) => wrapWhole(oneLine(line), width));
  const cursor = endOf(before.at(-1) ?? "", wrapped[before.length - 1] ?? [""]);
  const row = wrapped.slice(0, before.length - 1).flat().length + cursor.row;
  const all = wrapped.flat();
  const first = Math.max(0, Math.min(row - most + 1, all.length - most));
  const lines = all.slice(first, first + most).map((line, i) => (first + i === 0 ? PROMPT : "  ") + line);
  return { lines, cursor: { row: row - first, column: PROMPT.length + cursor.column } };
}

/** Where `before` ends in the pieces of a line that begins with it. */
function endOf(before: string, pieces: readonly string[]): Cursor {
  let rest = before.length;
  for (const [row, piece] of pieces.entries()) {
    if (rest < piece.length || row === pieces.length - 1) return { row, column: columnsOf(piece.slice(0, rest)) };
    rest -= piece.length;
  }
  return { row: 0, column: 0 };
}
