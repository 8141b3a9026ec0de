/** The commands of `pli`. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import type { HelpName } from "../words/help-en.ts";
import type { Command } from "./command.ts";
import * as list from "./list.ts";

type Listed = (typeof list)[keyof typeof list];
export type CommandName = HelpName;

/** What can be asked of the commands: the name of one, and what it has read. */
export type Asked = AskedOf<Listed>;
type AskedOf<C> = C extends Command<infer Name, infer More> ? { name: Name } & More : never;

const BY_NAME: { readonly [Name in CommandName]: Command<Name> } = list;
export const COMMANDS: readonly Command[] = Object.values(BY_NAME);

/** Runs a command on what it has read itself. */
export const runCommand = (context: Context, asked: Asked): Promise<ExitCode> =>
  BY_NAME[asked.name].run(context, asked);
