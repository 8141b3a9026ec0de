import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import type { UsageError } from "../line/errors.ts";
import type { Options, Typed } from "../line/tokens.ts";
import type { HelpName } from "../words/help-en.ts";

/**
 * A command of `pli`. Each file of this folder declares its own, and `list.ts` names every one.
 * `name` is also the key of its help in the word files.
 */
export interface Command<Name extends HelpName = HelpName, Asked extends object = object> {
  readonly name: Name;
  /** Its own options, beside those of every command. */
  readonly options?: Options;
  /** Options of a subcommand, by its name. */
  readonly subcommands?: readonly { readonly what: string; readonly options?: Options }[];
  /** What was asked, or what is wrong with the words. Never throws. */
  read(words: readonly string[], typed: Typed): Asked | UsageError;
  run(context: Context, asked: Asked): Promise<ExitCode>;
}
