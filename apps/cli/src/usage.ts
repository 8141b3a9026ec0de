/** What is wrong with a command line: said in words elsewhere. */
export type UsageError =
  | { problem: "unknown_command"; word: string }
  | { problem: "unknown_option"; word: string }
  | { problem: "option_elsewhere"; word: string }
  | { problem: "value_missing"; word: string }
  | { problem: "value_wrong"; word: string }
  | { problem: "word_missing"; word: string }
  | { problem: "word_extra"; word: string };

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
