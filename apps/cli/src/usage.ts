/** What is wrong with a command line: said in words elsewhere. */
export type UsageError =
  | { problem: "unknown_command"; word: string }
  | { problem: "unknown_option"; word: string }
  | { problem: "option_elsewhere"; word: string }
  | { problem: "value_missing"; word: string }
  | { problem: "value_wrong"; word: string; allowed: Allowed }
  | { problem: "word_missing"; word: string }
  | { problem: "word_extra"; word: string }
  | { problem: "not_text"; word: string };

/**
 * The values that are possible: these words, a number between two, or what has a form of its own,
 * told by an example.
 */
export type Allowed =
  | { what: "words"; words: readonly string[] }
  | { what: "number"; least: number; most: number }
  | { what: "time" }
  | { what: "address" }
  | { what: "nothing" };

export const valueWrong = (word: string, allowed: Allowed): UsageError => ({ problem: "value_wrong", word, allowed });
export const wordsWrong = (word: string, words: readonly string[]): UsageError =>
  valueWrong(word, { what: "words", words });

/** `on`, `off`, or nothing: then only what is set is said. */
export function switchFrom([value, extra]: readonly string[]): { on: boolean | undefined } | UsageError {
  if (value !== undefined && value !== "on" && value !== "off") return wordsWrong(value, ["on", "off"]);
  if (extra !== undefined) return { problem: "word_extra", word: extra };
  return { on: value === undefined ? undefined : value === "on" };
}

/** The words and options of a command line as they stand there. */
export interface Read {
  /** The last value of each option. */
  readonly options: ReadonlyMap<string, string>;
  /** All values of each option. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
  readonly error: UsageError | undefined;
}
