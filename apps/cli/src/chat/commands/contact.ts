import type { Chat } from "../chat.ts";
import { openOf } from "../state.ts";
import type { ChatCommand } from "./command.ts";

export const name: ChatCommand = {
  word: "/name",
  run: (chat, name) => withContact(chat, (contact) => chat.api.nameContact({ contact, name })),
};

export const block: ChatCommand = {
  word: "/block",
  run: (chat) =>
    withContact(chat, (contact) => chat.api.block({ contact, blocked: true }), chat.context.words.chat.blocked),
};

export const unblock: ChatCommand = {
  word: "/unblock",
  run: (chat) =>
    withContact(chat, (contact) => chat.api.block({ contact, blocked: false }), chat.context.words.chat.unblocked),
};

/** Does something about the contact whose conversation is open. */
async function withContact(
  { ui, context }: Chat,
  work: (contact: string) => Promise<void>,
  notice = "",
): Promise<void> {
  const { words } = context;
  const conversation = openOf(ui.state);
  if (conversation === undefined) return ui.update({ notice: words.chat.here });
  if (conversation.kind === "group") return ui.update({ notice: words.chat.notOfGroups });
  await work(conversation.contact);
  ui.update({ notice });
}
