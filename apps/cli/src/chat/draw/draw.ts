/** Draws the whole window of the chat from its state. */
import type { Context } from "../../context.ts";
import { columnsOf, cut } from "../../text/width.ts";
import type { ChatState } from "../state.ts";
import { composerLines, type Cursor } from "./composer.ts";
import { filled } from "./filled.ts";
import { footer, rejoiningHint } from "./footer.ts";
import { header } from "./header.ts";
import { listLines } from "./list.ts";
import { pageLines } from "./page.ts";
import { pairingLines } from "./pairing.ts";
import { threadLines } from "./thread.ts";

export interface Picture {
  readonly lines: readonly string[];
  readonly cursor: Cursor | undefined;
}

const SMALLEST = { columns: 20, rows: 6 };

export function draw(context: Context, state: ChatState): Picture {
  const { stdout } = context.world;
  const [columns, rows] = [stdout.columns(), stdout.rows()];
  if (columns < SMALLEST.columns || rows < SMALLEST.rows)
    return { lines: [cut(context.words.chat.small, columns)], cursor: undefined };
  const composer = composerLines(state.editor, columns, Math.floor(rows / 3));
  const hints = footer(context, state, { columns, most: Math.floor(rows / 3) });
  const free = rows - composer.lines.length - hints.length - 1;
  const foot = [...rejoiningHint(context, state, { columns, most: Math.floor(free / 3) }), ...hints];
  const room = rows - composer.lines.length - foot.length - 1;
  const above = [header(context, state, columns), ...body(context, state, columns, room), ...foot];
  const lines = above.map((line) => clipped(line, columns));
  const cursor = { row: lines.length + composer.cursor.row, column: composer.cursor.column };
  return { lines: [...lines, ...composer.lines], cursor };
}

/** A line that is too wide is cut and loses its styles, so that none stays open. */
function clipped(line: string, columns: number): string {
  // oxlint-disable-next-line no-control-regex -- the sequences of our own styles take no room
  const plain = line.replaceAll(/\u001b\[[\d;]*m/gu, "");
  return columnsOf(plain) <= columns ? line : cut(plain, columns);
}

function body(context: Context, state: ChatState, columns: number, room: number): string[] {
  const page = (): string[] => filled(pageLines(context, state).slice(state.scrolled), room);
  const lines = {
    list: () => listLines(context, state, columns, room),
    thread: () => threadLines(context, state, columns, room),
    pairing: () => filled(pairingLines(context, state, columns, room), room),
    group: page,
    help: page,
  }[state.screen]();
  return lines.slice(0, room);
}
