/** Every command of the chat. */
import type { ChatCommand } from "./command.ts";
import { block, name, unblock } from "./contact.ts";
import { find } from "./find.ts";
import { group } from "./group.ts";
import { accept, clear, invite, resume } from "./invitations.ts";
import { again, resend } from "./messages.ts";
import { back, help, quit, reconnect } from "./screens.ts";

export const CHAT_COMMANDS: readonly ChatCommand[] = [
  help,
  quit,
  back,
  reconnect,
  invite,
  accept,
  resume,
  clear,
  group,
  name,
  block,
  unblock,
  find,
  again,
  resend,
];

export const commandFor = (word: string): ChatCommand | undefined => CHAT_COMMANDS.find((known) => known.word === word);
