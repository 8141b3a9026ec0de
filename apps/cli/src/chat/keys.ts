/** What each key does in the chat. */
import type { Key } from "../world.ts";
import type { Chat } from "./chat.ts";
import { pageRows } from "./draw/size.ts";
import { withinPage } from "./draw/page.ts";
import { edit, textOf } from "./editor.ts";
import { enter } from "./enter.ts";
import { goBack } from "./back.ts";
import { matching } from "./state.ts";

export function press(chat: Chat, key: Key): void {
  const { ui, context } = chat;
  const { state } = ui;
  state.notice = "";
  if (key.ctrl && (key.name === "c" || key.name === "d")) return chat.quit();
  if (key.name === "escape") return ui.attempt(() => goBack(chat));
  state.leaving = false;
  if (key.name === "return" && !key.meta) return ui.attempt(() => enter(chat));
  if (key.name === "tab") return chat.conversations.openNext(key.shift ? -1 : 1);
  if (key.name === "up") return goUp(chat, 1);
  if (key.name === "down") return goUp(chat, -1);
  if (key.name === "pageup") return scrollUp(chat, pageRows(context));
  if (key.name === "pagedown") return scrollUp(chat, -pageRows(context));
  if (key.ctrl && (key.name === "home" || key.name === "end")) return goToEnd(chat, key.name);
  const editor = edit(state.editor, key);
  if (editor === undefined) return;
  ui.update({ editor });
  chat.conversations.typed();
  if (state.screen === "list") chooseAmongMatching(chat);
}

/** Up by a line of a page or by a conversation of the list; down with -1. */
function goUp(chat: Chat, step: 1 | -1): void {
  const { state, update } = chat.ui;
  if (["thread", "group", "help"].includes(state.screen)) return scrollUp(chat, step);
  const all = matching(state);
  const at = all.findIndex(({ id }) => id === state.chosen);
  update({ chosen: all[Math.max(0, Math.min(all.length - 1, at - step))]?.id ?? state.chosen });
}

/** Scrolls up by this number of lines, or down where it is negative. */
function scrollUp({ ui, context, thread }: Chat, lines: number): void {
  const { state, update } = ui;
  if (state.screen === "help" || state.screen === "group")
    return update({ scrolled: withinPage(context, state, state.scrolled - lines) });
  if (state.screen === "thread") thread.scrollUp(lines);
}

/** To the oldest or the newest message. */
function goToEnd({ ui, thread }: Chat, end: "home" | "end"): void {
  if (ui.state.screen === "thread") (end === "home" ? thread.toOldest : thread.toNewest)();
}

/** After typing, the first match is chosen. */
function chooseAmongMatching({ ui: { state, update } }: Chat): void {
  const all = matching(state);
  const isTyped = textOf(state.editor) !== "";
  if (isTyped || !all.some(({ id }) => id === state.chosen)) update({ chosen: all[0]?.id ?? state.chosen });
}
