import type { Attack } from "../attack.ts";
import { courses, mostAlike } from "../clues.ts";

const SLOT_MS = 300_000;

/** Who talk with each other are on line at the same times. */
export const onLineTogether: Attack = {
  name: "on line at the same times",
  kind: "timing",
  reads: "connections",
  run: (view) => {
    const signs = view.events.filter(({ type }) => type === "following" || type === "dial" || type === "entries");
    const all = courses(signs, SLOT_MS);
    return mostAlike(new Map([...all].map(([who, course]) => [who, course.map((count) => Math.min(1, count))])));
  },
};
