/** Maps the positions of each feed to slots of one segment, in two bytes a record. */
export interface PositionMap {
  /** The first position of the feed in this segment, and the one after the last. */
  first(feed: number): number;
  end(feed: number): number;
  /** The slot of a position; undefined when it is not here, or its record was lost. */
  slotAt(feed: number, position: number): number | undefined;
  /** Adds the next slot. False when the position cannot be right: the record is lost then. */
  add(feed: number, position: number, slot: number): boolean;
  /** A lost record may have been of any feed, so each feed skips one position. */
  lose(): void;
  /** Returns a function that undoes everything added since. */
  mark(): () => void;
  /** Frees the memory kept for more. */
  seal(): void;
}

interface FeedPositions {
  readonly first: number;
  length: number;
  lost: number;
  slots: Uint16Array<ArrayBuffer>;
}

const NO_SLOT = 0xffff;
const MAX_LENGTH = 0xffff;

/**
 * `starts[feed]` is where the feed begins; a feed beyond them begins at the first position added.
 */
export const createPositionMap = (starts: readonly number[]): PositionMap => {
  const feeds = new Map<number, FeedPositions>();
  let slotsLost = 0;
  const feedAt = (feed: number, position = 0): FeedPositions => {
    const found = feeds.get(feed);
    if (found !== undefined) return found;
    const made = { first: starts[feed] ?? position, length: 0, lost: slotsLost, slots: new Uint16Array(0) };
    feeds.set(feed, made);
    return made;
  };
  return {
    first: (feed) => feedAt(feed).first,
    end: (feed) => {
      const { first, length, lost } = feedAt(feed);
      return first + length + lost;
    },
    slotAt: (feed, position) => {
      const { first, length, slots } = feedAt(feed);
      const at = position - first;
      return at < 0 || at >= length || slots[at] === NO_SLOT ? undefined : slots[at];
    },
    add: (feed, position, slot) => {
      const positions = feedAt(feed, position);
      const at = position - positions.first;
      if (at < positions.length || at >= MAX_LENGTH) return false;
      if (at >= positions.slots.length) positions.slots = grown(positions.slots, at);
      positions.slots.fill(NO_SLOT, positions.length, at);
      positions.slots[at] = slot;
      positions.length = at + 1;
      positions.lost = 0;
      return true;
    },
    lose: () => {
      slotsLost += 1;
      for (const positions of feeds.values()) positions.lost += 1;
    },
    mark: () => {
      const before = Array.from(feeds, ([feed, { length, lost }]) => ({ feed, length, lost }));
      return () => {
        for (const feed of feeds.keys()) if (!before.some((kept) => kept.feed === feed)) feeds.delete(feed);
        for (const { feed, length, lost } of before) Object.assign(feedAt(feed), { length, lost });
      };
    },
    seal: () => {
      for (const positions of feeds.values()) positions.slots = positions.slots.slice(0, positions.length);
    },
  };
};

const grown = (slots: Uint16Array<ArrayBuffer>, at: number): Uint16Array<ArrayBuffer> => {
  const larger = new Uint16Array(Math.min(MAX_LENGTH, Math.max(64, at + 1, slots.length * 2)));
  larger.set(slots);
  return larger;
};
