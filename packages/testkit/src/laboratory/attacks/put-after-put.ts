import type { Attack } from "../attack.ts";
import { followScores, putsOf } from "../clues.ts";

const SOON_MS = 12_000;

/** A text, then its receipt or its answer: a put of one soon after a put of the other. */
export const putAfterPut: Attack = {
  name: "put within 12 s after a put",
  kind: "timing",
  reads: "times of puts",
  run: (view) => {
    const puts = putsOf(view);
    return followScores(puts, puts, SOON_MS).best();
  },
};
