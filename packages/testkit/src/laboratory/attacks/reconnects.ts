import type { Attack } from "../attack.ts";
import { followScores, type Moment, putsOf } from "../clues.ts";
import type { View } from "../view.ts";

const SOON_MS = 20_000;
/** When this many lines begin or end within a second, the store or the network did that. */
const CROWD = 4;

/**
 * Lines that begin, or end, soon after somebody's put: a client that was busy with it, or was woken
 * by it.
 */
const lines = (name: string, type: "dial" | "close"): Attack => ({
  name,
  kind: "timing",
  reads: `times of puts and of a line's ${type === "dial" ? "beginning" : "end"}`,
  run: (view) => followScores(putsOf(view), alone(view, type), SOON_MS).best(),
});

function alone(view: View, type: "dial" | "close"): Moment[] {
  const moments = view.events.filter((seen) => seen.type === type);
  const crowds = new Map<number, number>();
  for (const { at } of moments) crowds.set(Math.floor(at / 1000), (crowds.get(Math.floor(at / 1000)) ?? 0) + 1);
  return moments.filter(({ at }) => (crowds.get(Math.floor(at / 1000)) ?? 0) < CROWD);
}

export const dialsAfterPuts = lines("line begins soon after a put", "dial");
export const closesAfterPuts = lines("line ends soon after a put", "close");
