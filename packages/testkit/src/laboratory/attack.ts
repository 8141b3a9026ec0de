import type { View } from "./view.ts";

/**
 * `who` has a conversation with `other`, says an attack. The larger the score, the surer it is of
 * it.
 */
export interface Guess {
  readonly who: string;
  readonly other: string;
  readonly score: number;
}

/**
 * A program of the operator, who sees addresses. It gets what they have and nothing else: no key,
 * no name, no word of what the town decided.
 */
export interface Attack {
  readonly name: string;
  /**
   * `asking`: it reads what clients ask for and how; in full form it must find no more than chance.
   * `timing`: it reads when clients write and are on line, which no store can hide
   * (docs/protocol.md, section 10).
   */
  readonly kind: "asking" | "timing";
  /** What of the view it reads, in a few words. */
  readonly reads: string;
  /** The same view gives the same guesses. */
  run(view: View): readonly Guess[];
}

/** Each of the two with the other. */
export const both = (who: string, other: string, score = 1): readonly Guess[] =>
  who === other
    ? []
    : [
        { who, other, score },
        { who: other, other: who, score },
      ];
