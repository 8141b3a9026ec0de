import { parseCommandLine } from "../../arguments.ts";
import { changeOf, type GroupAction, type GroupChangeAction } from "../../commands/group.ts";
import { createGroup } from "../../commands/group/create.ts";
import type { Asked } from "../../group/asked.ts";
import { findGroup } from "../../group/find.ts";
import { findQuestion, setAsking } from "../../group/questions.ts";
import { splitWords } from "../../text/split.ts";
import { usageSentence } from "../../words/usage.ts";
import type { Chat } from "../chat.ts";
import { questionNotice } from "../draw/questions.ts";
import { EMPTY } from "../editor.ts";
import { openOf } from "../state.ts";
import type { ChatCommand } from "./command.ts";

/** Subcommands that are not about the open group. */
const ABOUT_NONE: ReadonlySet<string> = new Set(["create", "questions", "accept", "decline", "asking"]);

/** `/group` shows the open group. With words behind it, it is `pli group …` about that group. */
export const group: ChatCommand = {
  word: "/group",
  run: async (chat, argument) => {
    const { ui, context } = chat;
    const [what = "show", ...rest] = splitWords(argument);
    const isAboutOne = !ABOUT_NONE.has(what);
    const open = openOf(ui.state);
    if (isAboutOne && open?.kind !== "group") return ui.update({ notice: context.words.chat.hereGroup });
    const about = isAboutOne && open !== undefined ? [open.id] : [];
    const line = parseCommandLine(["group", what, ...about, ...rest], {});
    if (!line.ok) return ui.update({ notice: usageSentence(context.words, line.error) });
    if (line.value.name === "group") await act(chat, line.value.action);
  },
};

async function act(chat: Chat, action: GroupAction): Promise<void> {
  const { ui, context, api } = chat;
  if (action.what === "create") return chat.conversations.open((await createGroup(context, api, action)).conversation);
  if (action.what === "questions") return ui.update({ notice: questionNotice(context, ui.state) });
  if (action.what === "asking") {
    const on = await setAsking(api, action.on);
    return ui.update({ notice: context.words.group.questions.asking[on ? "on" : "off"] });
  }
  if (action.what === "accept" || action.what === "decline") return answer(chat, action);
  if (action.what === "list" || action.what === "show") return ui.update({ screen: "group", scrolled: 0 });
  const group = await findGroup(context, api, action.group);
  const asked = await changeOf(action).ask({ context, api, group }, action);
  if (action.what === "delete") {
    chat.thread.close();
    ui.update({ screen: "list", chosen: undefined, editor: EMPTY });
  }
  ui.update({ notice: doneAtOnce(chat, action.what, asked) ?? context.words.group.asked });
}

async function answer(
  { ui, context, api }: Chat,
  { what, question: query }: Extract<GroupAction, { question: string }>,
): Promise<void> {
  const question = await findQuestion(context, api, query);
  await api.answerGroupQuestion({ question: question.id, accept: what === "accept" });
  const say = context.words.group.questions;
  ui.update({ notice: what === "accept" ? say.accepted(ui.state.reader.nameOf(question.from)) : say.declined });
}

/** Leaving is done at once where this person is alone, or while the group is being set up again. */
function doneAtOnce({ context }: Chat, what: GroupChangeAction["what"], { change }: Asked): string | undefined {
  const isDone = what === "delete" || what === "cancel" || (what === "leave" && change === undefined);
  return isDone ? context.words.group.done[what] : undefined;
}
