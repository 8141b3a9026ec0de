import { type Attack, both } from "../attack.ts";
import { connectionsOf, writersOf } from "../clues.ts";
import type { Seen, View } from "../view.ts";

/**
 * A client saves its place so often while frames come (docs/protocol.md, section 3): what it asks
 * from when it was killed.
 */
const SAVED_EVERY_MS = 60_000;
/** A client asks for this many entries again when it starts. */
const AGAIN = 128;

/**
 * The position a client takes the feed up at. Where it follows from what was sent to it and the
 * clock, it tells nothing: the end of what it was sent, or of the frame at which it saved its
 * place. Any other was chosen by the client: perhaps behind the cell that it acted on last, which
 * was written for it.
 */
const resumePosition = (name: string, back: number): Attack => ({
  name,
  kind: "asking",
  reads: "positions of follow that do not follow from what was sent",
  run: (view) => {
    const writers = writersOf(view);
    return chosen(view).flatMap(({ who, from }) => both(who, writers.get(view.feed[from - back] ?? "") ?? who));
  },
});

/** Where the feed was asked for first on a connection, when that is a choice. */
function chosen(view: View): { who: string; from: number }[] {
  const places = new Map<string, ReturnType<typeof createPlace>>();
  return connectionsOf(view).flatMap((events) => {
    const { who } = events[0];
    const place = places.get(who) ?? createPlace();
    places.set(who, place);
    const from = events.find(({ type }) => type === "follow")?.from;
    const isChoice = from !== undefined && !place.explains(from);
    place.told(events.filter(isFrame));
    return isChoice ? [{ who, from }] : [];
  });
}

const isFrame = ({ type }: Seen): boolean => type === "entries" || type === "tags" || type === "following";

/**
 * The positions that one address may ask from without a choice. Which connection a process began
 * with is not seen.
 */
function createPlace() {
  let end = 0;
  /**
   * What processes that began with one connection or another would have saved last, by when they
   * saved it.
   */
  let saved = new Map<number, number>();

  function told(frames: readonly Seen[]): void {
    saved.set(Number.NEGATIVE_INFINITY, 0);
    for (const { at, type, from = 0, count = 0 } of frames) {
      end = from + count;
      if (type !== "following") saved = new Map([...saved].map(([then, place]) => savedBy(then, place, at, end)));
    }
  }

  const savedBy = (then: number, place: number, now: number, end: number): [number, number] =>
    now - then >= SAVED_EVERY_MS ? [now, end] : [then, place];

  /** The last entry may be asked for once more, to see that it is still there. */
  const explains = (from: number): boolean =>
    from === 0 || [end, ...saved.values()].some((place) => [0, 1, AGAIN].includes(place - from));

  return { told, explains };
}

export const beforeResume = resumePosition("cell before the resume position", 1);
export const atResume = resumePosition("cell at the resume position", 0);
export const beforeStart = resumePosition("cell before the place of a client that starts", 1 - AGAIN);
