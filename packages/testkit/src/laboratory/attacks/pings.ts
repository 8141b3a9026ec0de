import type { Attack } from "../attack.ts";
import { followScores } from "../clues.ts";
import { laterFollows } from "./follows.ts";

const TOGETHER_MS = 250;

/**
 * A line is kept open by asking again after a quiet time: two who hear the same things may do so at
 * the same moment.
 */
export const pings: Attack = {
  name: "signs of life at the same moment",
  kind: "asking",
  reads: "times of follow but the first of a connection",
  run: (view) => {
    const moments = laterFollows(view);
    return followScores(moments, moments, TOGETHER_MS).best();
  },
};
