/** What can be wrong with a command line. `words/usage.ts` says it in words. */
export type UsageError =
  | { problem: "unknown_command"; word: string }
  | { problem: "unknown_option"; word: string }
  | { problem: "option_elsewhere"; word: string }
  | { problem: "value_missing"; word: string }
  | { problem: "value_wrong"; word: string; allowed: Allowed }
  | { problem: "word_missing"; word: string }
  | { problem: "word_extra"; word: string }
  | { problem: "not_text"; word: string };

/** The values that are possible. `time` and `address` are described by an example. */
export type Allowed =
  | { what: "words"; words: readonly string[] }
  | { what: "number"; least: number; most: number }
  | { what: "time" }
  | { what: "address" }
  | { what: "nothing" };

export const isUsageError = (read: object): read is UsageError => "problem" in read;

export const unknownCommand = (word: string): UsageError => ({ problem: "unknown_command", word });
export const missing = (word: string): UsageError => ({ problem: "word_missing", word });
export const valueWrong = (word: string, allowed: Allowed): UsageError => ({ problem: "value_wrong", word, allowed });
export const wordsWrong = (word: string, words: readonly string[]): UsageError =>
  valueWrong(word, { what: "words", words });

/** The first word beyond the number that may stand there. */
export function extra(words: readonly string[], most: number): UsageError | undefined {
  const word = words[most];
  return word === undefined ? undefined : { problem: "word_extra", word };
}
