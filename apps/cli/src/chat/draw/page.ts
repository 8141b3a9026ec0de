/** Help and the page of a group, which are read from their top. */
import type { Context } from "../../context.ts";
import { groupLines } from "../../group/show.ts";
import { columnsOf, fit, wrap } from "../../text/width.ts";
import type { ChatState } from "../state.ts";
import { pageRows } from "./size.ts";

const KEY_COLUMNS = 24;
/** Where fewer columns are left than these, what a key does stands below it. */
const LEAST_BESIDE = 30;

export function pageLines(context: Context, { screen, group, reader }: ChatState): string[] {
  if (screen === "help") return helpLines(context);
  const columns = context.world.stdout.columns();
  return group === undefined ? [] : groupLines(context, group, reader, columns);
}

/** How far down a page can be scrolled: its last lines stay in sight. */
export const withinPage = (context: Context, state: ChatState, lines: number): number =>
  Math.max(0, Math.min(lines, pageLines(context, state).length - pageRows(context)));

function helpLines({ words, style, world }: Context): string[] {
  const columns = world.stdout.columns();
  const beside = columns - KEY_COLUMNS - 3;
  const entry = ([key, what]: readonly [string, string]): string[] => {
    if (beside < LEAST_BESIDE || columnsOf(key) > KEY_COLUMNS) {
      return [
        ...wrap(key, columns - 2).map((line) => `  ${style.bold(line)}`),
        ...wrap(what, columns - 4).map((line) => `    ${line}`),
      ];
    }
    const [first = "", ...rest] = wrap(what, beside);
    const margin = " ".repeat(KEY_COLUMNS + 3);
    return [`  ${style.bold(fit(key, KEY_COLUMNS))} ${first}`, ...rest.map((line) => margin + line)];
  };
  return ["", ...words.chat.help.flatMap(entry)];
}
