import type { Weather } from "../memory-knobs.ts";
import { createDice } from "./dice.ts";
import type { Storm } from "./steps.ts";

/** The longest that an answer is overtaken by others: just beyond what a client waits for one. */
const LATEST_MS = 25_000;

/** A storm as the store lives through it. */
export function createWeather(seed: string, storm: Storm): Weather {
  const dice = createDice(seed);
  return {
    delay: () => (storm.delay === 0 ? 0 : dice.below(storm.delay)),
    request: () => {
      if (dice.chance(storm.cut)) return "cut";
      return dice.chance(storm.lost) ? "lost" : "usual";
    },
    answer: () => ({
      copies: dice.chance(storm.unanswered) ? 0 : 1 + Number(dice.chance(storm.twice)),
      late: dice.chance(storm.late) ? dice.below(dice.chance(0.1) ? LATEST_MS : 2_000) : 0,
    }),
  };
}
