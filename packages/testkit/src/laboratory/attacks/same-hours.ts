import type { Attack } from "../attack.ts";
import { courses, mostAlike, putsOf } from "../clues.ts";

const HOUR_MS = 3_600_000;

/** Who talk with each other write in the same hours. */
export const sameHours: Attack = {
  name: "puts in the same hours",
  kind: "timing",
  reads: "numbers of puts by the hour",
  run: (view) => mostAlike(courses(putsOf(view), HOUR_MS)),
};
