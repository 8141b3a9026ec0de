/** Enter: runs a command, opens what is chosen, or sends what was written. */
import { oneLine } from "../text/safe.ts";
import type { Chat } from "./chat.ts";
import { commandFor } from "./commands/list.ts";
import { EMPTY, textOf } from "./editor.ts";
import { matching } from "./state.ts";

export async function enter(chat: Chat): Promise<void> {
  const { state } = chat.ui;
  const text = textOf(state.editor);
  if (text.startsWith("/")) return run(chat, text.trim());
  if (state.screen === "pairing") return chat.pairing.typeDigits(text);
  if (state.screen === "list")
    return chat.conversations.open(matching(state).find(({ id }) => id === state.chosen)?.id);
  if (state.screen !== "thread" || state.chosen === undefined || text.trim() === "") return;
  await chat.conversations.send(state.chosen, text);
}

async function run(chat: Chat, text: string): Promise<void> {
  const { update } = chat.ui;
  const [word = "", ...rest] = text.split(" ");
  const command = commandFor(word);
  if (command === undefined) return update({ notice: chat.context.words.chat.unknownCommand(oneLine(word)) });
  update({ editor: EMPTY });
  await command.run(chat, rest.join(" ").trim());
}
