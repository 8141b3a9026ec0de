/** A command line and its environment, as what it asks for. */
import { COMMANDS, type Asked, type CommandName } from "./commands/index.ts";
import { isUsageError, unknownCommand, type UsageError } from "./line/errors.ts";
import { GLOBAL_OPTIONS, globalsFrom, languageError, type Environment, type Globals } from "./line/globals.ts";
import { readTokens, type Options, type Typed } from "./line/tokens.ts";
import type { Command } from "./commands/command.ts";

export type Invocation =
  | Asked
  | { name: "chat" }
  | { name: "help"; about: CommandName | undefined }
  | { name: "version" };

type Outcome = { ok: true; value: Invocation } | { ok: false; error: UsageError };
export type ParsedLine = { globals: Globals } & Outcome;

/** The options that belong to a command, all of its subcommands included. */
const allOptions = ({ options, subcommands = [] }: Command): Options =>
  Object.assign({}, options, ...subcommands.map((one) => one.options));

/** The options of all commands. */
const OWN_OPTIONS: Options = Object.assign({}, ...COMMANDS.map(allOptions));

/** Never throws. */
export function parseCommandLine(argv: readonly string[], env: Environment): ParsedLine {
  const typed = readTokens(argv, { ...GLOBAL_OPTIONS, ...OWN_OPTIONS });
  const globals = globalsFrom(typed, env);
  const error = typed.error ?? languageError(typed);
  return { globals, ...(error === undefined ? invocationFrom(typed) : { ok: false, error }) };
}

function invocationFrom(typed: Typed): Outcome {
  if (typed.flags.has("version")) return { ok: true, value: { name: "version" } };
  const [first, ...words] = typed.words;
  const isHelp = typed.flags.has("help") || first === "help";
  const name = first === "help" ? words[0] : first;
  const command = COMMANDS.find((known) => known.name === name);
  if (isHelp) return { ok: true, value: { name: "help", about: command?.name } };
  if (first !== undefined && command === undefined) return { ok: false, error: unknownCommand(first) };
  const stray = strayOption(typed, command, words[0]);
  if (stray !== undefined) return { ok: false, error: { problem: "option_elsewhere", word: `--${stray}` } };
  if (command === undefined) return { ok: true, value: { name: "chat" } };
  const asked = command.read(words, typed);
  if (isUsageError(asked)) return { ok: false, error: asked };
  return { ok: true, value: { name: command.name, ...asked } as Asked };
}

/** An option that goes with another command, or with another subcommand. */
function strayOption(typed: Typed, command: Command | undefined, word: string | undefined): string | undefined {
  const subcommand = command?.subcommands?.find(({ what }) => what === word);
  const own = { ...command?.options, ...subcommand?.options };
  return Object.keys(OWN_OPTIONS).find(
    (option) => !(option in own) && (typed.options.has(option) || typed.flags.has(option)),
  );
}
