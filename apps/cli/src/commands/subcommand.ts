import type { ExitCode } from "../exit.ts";
import { withProfile, type Deps } from "../home.ts";
import { isUsageError, unknownCommand, type UsageError } from "../line/errors.ts";
import type { Options, Typed } from "../line/tokens.ts";
import type { HelpName } from "../words/help-en.ts";
import type { Command } from "./command.ts";

export interface SubcommandDeps extends Deps {
  /** Whether to wait until a change is in effect. */
  readonly wait: boolean;
}

interface Action {
  readonly what: string;
}

/**
 * A subcommand, such as `pli group add`. `Instead`: the action of another subcommand, which the
 * words may ask for too.
 */
export interface Subcommand<Own extends Action = Action, Instead extends Action = never> {
  readonly what: Own["what"];
  /** It changes something. */
  readonly acts: boolean;
  readonly options?: Options;
  /** What was asked, or what is wrong with the words behind the subcommand. */
  read(words: readonly string[], typed: Typed): Own | Instead | UsageError;
  run(deps: SubcommandDeps, action: Own): ExitCode | Promise<ExitCode>;
}

/** What can be asked of these subcommands. */
export type ActionOf<S> = S extends Subcommand<infer Own, infer _> ? Own : never;

/** Reads the words behind a command. Without any, they mean `list`. */
export function readAction<S extends Subcommand>(
  subcommands: readonly S[],
  [what = "list", ...words]: readonly string[],
  typed: Typed,
): ReturnType<S["read"]> | undefined {
  const subcommand = subcommands.find((known) => known.what === what);
  return subcommand?.read(words, typed) as ReturnType<S["read"]> | undefined;
}

/** The subcommand that has read this action. */
export function subcommandOf(subcommands: readonly Subcommand[], { what }: Action): Subcommand {
  const subcommand = subcommands.find((known) => known.what === what);
  if (subcommand === undefined) throw new Error(`no subcommand reads ${what}`);
  return subcommand;
}

/** A command that has subcommands only, each of which acts on the profile. */
export function commandOf<Name extends HelpName, S extends Subcommand>(
  name: Name,
  subcommands: readonly S[],
): Command<Name, { action: ActionOf<S> }> {
  return {
    name,
    subcommands,
    read: (words, typed) => {
      const action = readAction(subcommands, words, typed);
      if (action === undefined) return unknownCommand(words[0] ?? "");
      return isUsageError(action) ? action : { action: action as ActionOf<S> };
    },
    run: (context, { action }) => {
      const { run, acts } = subcommandOf(subcommands, action);
      return withProfile(context, async (api, me) => run({ context, api, me, wait: true }, action), { acts });
    },
  };
}
