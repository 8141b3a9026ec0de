/**
 * Cells that are to leave at a slot in all, however many are on line: 20 each ten minutes are 2,880
 * a day.
 */
const WANTED_CELLS = 20;
/**
 * At least this many leave at a slot: what people write may fill the rest of what a store gives in
 * full form in a day, 5,080 cells.
 */
const LEAST_CELLS = 4;
/**
 * At more than `BUSY_DAY` cells a day, of slots and people together, fewer leave at a slot; at more
 * than `FULL_DAY`, the least.
 */
const BUSY_DAY = 4_000;
const FULL_DAY = 4_900;
/**
 * So much each share rises with every slot: those of two clients come together, and a flood of
 * cells never ends receipts.
 */
const RISE = 0.02;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Where the feed of a store ended at some moment, in ms: the same for everybody. */
export interface Sample {
  readonly at: number;
  readonly position: number;
}

/**
 * What a client knows of the slots of a store. Everything in it is from what the feed showed to
 * everybody.
 */
export interface Pace {
  /** The probability with which it takes part in the next slot. */
  readonly share: number;
  /** One an hour of the last day, and the last one before. */
  readonly samples: readonly Sample[];
}

export const FIRST_PACE: Pace = { share: 1, samples: [] };

/**
 * The pace after a slot in which the feed showed `cells` cells and ended at `now`. Nothing else
 * decides it: it must not tell whose cells they were.
 */
export function paceAfter({ share, samples }: Pace, cells: number, now: Sample): Pace {
  const known = samplesBefore(samples, now);
  const change = Math.min(2, Math.max(0.5, wantedCells(cellsADay(known, now)) / Math.max(1, cells)));
  return { share: Math.min(1, share * change + RISE), samples: sampled(known, now) };
}

/** The same for what one run showed: where the feed ended. */
export const paceAtRun = ({ share, samples }: Pace, now: Sample): Pace => ({
  share,
  samples: sampled(samplesBefore(samples, now), now),
});

/**
 * The probability with which a client takes part before it ends. Who runs for a second at a time
 * sees no slot, and no share of others: it writes the less the more is written in a day.
 */
export function runShare({ share, samples }: Pace, now: Sample): number {
  return (share * wantedCells(cellsADay(samplesBefore(samples, now), now))) / WANTED_CELLS;
}

const samplesBefore = (samples: readonly Sample[], now: Sample): readonly Sample[] =>
  samples.filter(({ at, position }) => at <= now.at && position <= now.position);

/**
 * At which rate cells came in the last day, or as far back as is known; none in less than an hour.
 */
function cellsADay(samples: readonly Sample[], now: Sample): number {
  const [first] = samples;
  if (first === undefined || now.at - first.at < HOUR_MS) return 0;
  return ((now.position - first.position) * DAY_MS) / (now.at - first.at);
}

function wantedCells(perDay: number): number {
  const room = Math.min(1, Math.max(0, (FULL_DAY - perDay) / (FULL_DAY - BUSY_DAY)));
  return LEAST_CELLS + (WANTED_CELLS - LEAST_CELLS) * room;
}

function sampled(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const last = samples.at(-1);
  const all = last !== undefined && now.at - last.at < HOUR_MS ? samples : [...samples, now];
  const beforeToday = all.findLastIndex(({ at }) => now.at - at >= DAY_MS);
  return all.slice(Math.max(0, beforeToday));
}

/** What was saved, or the first pace for anything else. */
export function paceFrom(saved: unknown): Pace {
  const { share, samples } = (saved ?? {}) as Partial<Record<keyof Pace, unknown>>;
  const isSound = isShare(share) && Array.isArray(samples) && samples.every(isSample);
  return isSound ? { share, samples } : FIRST_PACE;
}

const isShare = (value: unknown): value is number => typeof value === "number" && value > 0 && value <= 1;

function isSample(value: unknown): value is Sample {
  const { at, position } = (value ?? {}) as Partial<Record<keyof Sample, unknown>>;
  return typeof at === "number" && typeof position === "number";
}
