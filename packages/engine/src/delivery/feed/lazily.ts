import type { Timers } from "../../runtime/timers.ts";
import type { Delivery, ObjectPlace } from "../port.ts";

const TRIES = 8;
const PAUSE_MS = 250;

/**
 * An object whose place was told, perhaps before it was stored: the feed shows its beginning within
 * about a minute. Only if it does not is the store asked, once. Undefined when it is not to be had.
 */
export async function fetchLazily(
  clock: Timers,
  delivery: Delivery,
  place: ObjectPlace,
): Promise<Uint8Array | undefined> {
  for (let tries = 0; tries < TRIES && !clock.closed; tries++) {
    const answer = await delivery.get.object(place, { feedOnly: tries < TRIES - 1 });
    if (answer.type === "object") return answer.bytes;
    if (answer.type === "broken") return undefined;
    await clock.pause(PAUSE_MS * 2 ** tries);
  }
  return undefined;
}
