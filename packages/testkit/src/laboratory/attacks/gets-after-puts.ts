import type { Attack } from "../attack.ts";
import { followScores, getsOf, putsOf } from "../clues.ts";

const SOON_MS = 3_000;

/** Who asks by label soon after somebody's put, again and again, was told of it by the feed. */
export const getsAfterPuts: Attack = {
  name: "get within 3 s after a put",
  kind: "asking",
  reads: "times of gets and puts",
  run: (view) => followScores(putsOf(view), getsOf(view), SOON_MS).best(),
};
