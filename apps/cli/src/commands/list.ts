/** Every command of `pli`, in the order of the help. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import { accept } from "./accept.ts";
import type { Command } from "./command.ts";
import { block, name, unblock } from "./contact.ts";
import { contacts } from "./contacts.ts";
import { again, deleteMessages, mute, resend, unmute } from "./conversation.ts";
import { doctor } from "./doctor.ts";
import { group } from "./group.ts";
import { init } from "./init.ts";
import { invitations } from "./invitations.ts";
import { invite } from "./invite.ts";
import { listen } from "./listen.ts";
import { messages } from "./messages.ts";
import { passphrase } from "./passphrase.ts";
import { receipts } from "./receipts.ts";
import { search } from "./search.ts";
import { send } from "./send.ts";

export const COMMANDS = [
  init,
  invite,
  accept,
  invitations,
  contacts,
  send,
  messages,
  search,
  deleteMessages,
  resend,
  again,
  block,
  unblock,
  name,
  mute,
  unmute,
  receipts,
  passphrase,
  group,
  listen,
  doctor,
] as const;

type Listed = (typeof COMMANDS)[number];
export type CommandName = Listed["name"];

/** What can be asked of the commands: the name of one, and what it has read. */
export type Asked = AskedOf<Listed>;
type AskedOf<C> = C extends Command<infer Name, infer More> ? { name: Name } & More : never;

const BY_NAME = Object.fromEntries(COMMANDS.map((command) => [command.name, command])) as Record<CommandName, Command>;

/** Runs a command on what it has read itself. */
export const runCommand = (context: Context, asked: Asked): Promise<ExitCode> =>
  BY_NAME[asked.name].run(context, asked);
