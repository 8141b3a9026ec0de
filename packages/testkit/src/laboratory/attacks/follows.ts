import type { Attack } from "../attack.ts";
import { connectionsOf, followScores, putsOf } from "../clues.ts";
import type { Seen, View } from "../view.ts";

const SOON_MS = 10_000;

/**
 * A client that follows or unfollows in the middle of a connection does so because of something:
 * perhaps of what was put.
 */
export const follows: Attack = {
  name: "follow soon after a put",
  kind: "asking",
  reads: "follow and unfollow but the first of a connection, times of puts",
  run: (view) => followScores(putsOf(view), laterFollows(view), SOON_MS).best(),
};

const isFollow = ({ type }: Seen): boolean => type === "follow" || type === "unfollow";

export const laterFollows = (view: View): Seen[] =>
  connectionsOf(view)
    .flatMap((events) => events.filter(isFollow).slice(1))
    .toSorted((a, b) => a.at - b.at);
