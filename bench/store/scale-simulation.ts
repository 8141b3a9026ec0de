/**
 * One feed of many, played through cell by cell and client by client: what the formulas are held
 * against.
 */
import { TAG_BYTES, GET_BYTES, PUT_BYTES, type Habits } from "./scale-model.ts";

const SLOT_SECONDS = 600;
const SLOTS = 86_400 / SLOT_SECONDS;
const DAYS = 3;

export interface Simulated {
  readonly peakPutsPerSecond: number;
  readonly peakFollowers: number;
  readonly clientBytesPerDay: number;
  readonly egressPerDay: number;
}

interface Reader {
  /** Position in the feed, and cells of its own that wait in it. */
  position: number;
  waiting: number;
}

/**
 * Plays three days in slots of ten minutes, and returns the figures of the whole, for all feeds.
 */
export const simulateFeed = (habits: Habits, feeds: number, random: () => number): Simulated => {
  const { users, feedsFollowed, online, readers, cellsPerDay, peak } = habits;
  const count = Math.round((users * feedsFollowed) / feeds);
  const clients = Array.from({ length: count }, (): Reader => ({ position: 0, waiting: 0 }));
  let [written, sent, mostCells, mostFollowers] = [0, 0, 0, 0];
  for (let slot = 0; slot < SLOTS * DAYS; slot += 1) {
    const busy = 1 - (peak - 1) * Math.cos((2 * Math.PI * slot) / SLOTS);
    const cells = poisson((busy * users * cellsPerDay) / feeds / SLOTS, random);
    written += cells;
    for (let i = 0; i < cells * readers; i += 1) addOne(clients[Math.floor(random() * count)]);
    const followers = clients.filter(() => random() < online * busy);
    for (const client of followers) sent += readOn(client, written);
    mostCells = Math.max(mostCells, cells);
    mostFollowers = Math.max(mostFollowers, followers.length);
  }
  // What those who were away have not read yet will be sent all the same.
  for (const client of clients) sent += readOn(client, written);
  return {
    peakPutsPerSecond: (mostCells / SLOT_SECONDS) * feeds,
    peakFollowers: mostFollowers * feeds,
    clientBytesPerDay: ((sent + written * PUT_BYTES) * feeds) / users / DAYS,
    egressPerDay: (sent * feeds) / DAYS,
  };
};

const addOne = (client: Reader | undefined): void => {
  if (client !== undefined) client.waiting += 1;
};

/** Bytes sent to a client that comes up to the end of the feed and gets what is its own. */
const readOn = (client: Reader, end: number): number => {
  const bytes = (end - client.position) * TAG_BYTES + client.waiting * GET_BYTES;
  client.position = end;
  client.waiting = 0;
  return bytes;
};

/** A Poisson number, by the normal one that it is near when the mean is large. */
const poisson = (mean: number, random: () => number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
};
