/** Reads the words and options of a command line, whatever the command. */
import { parseArgs } from "node:util";
import { valueWrong, type UsageError } from "./errors.ts";

/** Options by their name, without dashes. */
export type Options = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>>;

export interface Typed {
  /** The last value of each option. */
  readonly options: ReadonlyMap<string, string>;
  /** All values of each option. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
  readonly error: UsageError | undefined;
}

export function readTokens(argv: readonly string[], known: Options): Typed {
  const { tokens } = parseArgs({
    args: [...argv],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const flags = new Set<string>();
  const words: string[] = [];
  let error = garbled(argv);
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    error ??= optionError(known[name], rawName, token.inlineValue === false ? notAnOption(token.value) : value);
    if (value === undefined) flags.add(name);
    else {
      options.set(name, value);
      lists.set(name, [...(lists.get(name) ?? []), value]);
    }
  }
  return { options, lists, flags, words, error };
}

/** What was typed in another encoding than UTF-8 came as U+FFFD: its words are lost. */
function garbled(argv: readonly string[]): UsageError | undefined {
  const word = argv.find((one) => one.includes("\ufffd"));
  return word === undefined ? undefined : { problem: "not_text", word };
}

/** `--name --json` forgot the name. A value that begins with a dash is written `--name=-x`. */
const notAnOption = (value: string): string => (value.startsWith("-") && value !== "-" ? "" : value);

function optionError(
  option: Options[string] | undefined,
  word: string,
  value: string | undefined,
): UsageError | undefined {
  if (option === undefined) return { problem: "unknown_option", word };
  if (option.type === "string" && (value === undefined || value === "")) return { problem: "value_missing", word };
  return option.type === "boolean" && value !== undefined ? valueWrong(word, { what: "nothing" }) : undefined;
}
