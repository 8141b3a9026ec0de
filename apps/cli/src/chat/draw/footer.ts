/** The lines above the text being written: hints, notices, warnings. */
import type { Context } from "../../context.ts";
import { rejoiningSaid } from "../../group/rejoining.ts";
import { cut, wrap } from "../../text/width.ts";
import { failureSentence } from "../../words/failures.ts";
import type { ChatState } from "../state.ts";

/** In a group that is being set up again: for whom it waits. */
export function rejoiningHint(
  context: Context,
  { screen, group, reader }: ChatState,
  { columns, most }: { columns: number; most: number },
): string[] {
  if (screen !== "thread" || group?.rejoining === undefined || most < 1) return [];
  const said = [...rejoiningSaid(context, group.rejoining, reader).hope, context.words.chat.seeGroup].join(" ");
  return atMost(wrap(said, columns), most, columns).map(context.style.warning);
}

/**
 * What just happened, what is wrong, or which keys there are: as many lines as the sentence needs,
 * up to `most`.
 */
export function footer(
  { words, style, globals }: Context,
  state: ChatState,
  { columns, most }: { columns: number; most: number },
): string[] {
  const { chat } = words;
  const hints = {
    list: chat.listHint,
    thread: chat.threadHint,
    group: chat.groupHint,
    pairing: chat.pairingHint,
    help: chat.helpHint,
  };
  const trouble = state.status?.trouble ?? state.status?.connection.error;
  const warning =
    state.notice ||
    (state.leaving ? chat.reallyCancel : "") ||
    (trouble === undefined ? "" : failureSentence(globals.language, trouble));
  const paint = warning === "" ? style.dim : style.warning;
  return atMost(wrap(warning || hints[state.screen], columns), most, columns).map(paint);
}

/** The first lines. Where there are more, the last one is cut. */
function atMost(lines: readonly string[], most: number, columns: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(lines.slice(most - 1).join(" "), columns)];
}
