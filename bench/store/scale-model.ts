/** What a number of people cost, in formulas: docs/scale.md says them in words. */

/** What people do, and what is chosen for them: assumptions, not measurements. */
export interface Habits {
  readonly users: number;
  /** Cells a user writes a day: messages, receipts, key changes. */
  readonly cellsPerDay: number;
  /** Other clients that fetch a cell. */
  readonly readers: number;
  /** Feeds a client follows, because its conversations are spread over them. */
  readonly feedsFollowed: number;
  /** Share of users on line, over the day. */
  readonly online: number;
  /** The busiest time over the mean, of cells and of users on line; at most 2. */
  readonly peak: number;
  readonly retentionDays: number;
  /** Bytes of tags a day a client is asked to read: decides how many feeds there are. */
  readonly tagBudget: number;
}

/** What one node costs and can do, from bench/results. */
export interface Constants {
  readonly putsPerSecond: number;
  readonly diskPerCell: number;
  readonly memoryPerCell: number;
  readonly memoryPerFollower: number;
  /** Cores of a server whose `fanOutFollowers` follow a feed of 100 cells a second. */
  readonly fanOutCores: number;
  readonly fanOutFollowers: number;
}

export const HABITS: Habits = {
  users: 1_000_000,
  cellsPerDay: 50,
  readers: 4,
  feedsFollowed: 3,
  online: 0.2,
  peak: 2,
  retentionDays: 30,
  tagBudget: 4_000_000,
};

export const TAG_BYTES = 4;
/** A put and its answer, a get and its answer, WebSocket heads included. */
export const PUT_BYTES = 4133 + 8 + 14;
export const GET_BYTES = 4101 + 4 + 37 + 6;
const DAY_SECONDS = 86_400;

export interface Cost {
  readonly cellsPerDay: number;
  readonly feeds: number;
  readonly peakPutsPerSecond: number;
  readonly peakFollowers: number;
  readonly tagBytesPerClientDay: number;
  readonly clientBytesPerDay: number;
  readonly egressPerDay: number;
}

/** What habits alone decide. */
export const costOf = (habits: Habits): Cost => {
  const { users, readers, feedsFollowed, online, peak, tagBudget } = habits;
  const cellsPerDay = users * habits.cellsPerDay;
  const feeds = Math.ceil((cellsPerDay * TAG_BYTES * feedsFollowed) / tagBudget);
  const tagBytesPerClientDay = (cellsPerDay / feeds) * TAG_BYTES * feedsFollowed;
  const getsPerClientDay = habits.cellsPerDay * readers;
  return {
    cellsPerDay,
    feeds,
    peakPutsPerSecond: (cellsPerDay / DAY_SECONDS) * peak,
    peakFollowers: users * online * peak * feedsFollowed,
    tagBytesPerClientDay,
    clientBytesPerDay: tagBytesPerClientDay + habits.cellsPerDay * PUT_BYTES + getsPerClientDay * GET_BYTES,
    egressPerDay: users * (tagBytesPerClientDay + getsPerClientDay * GET_BYTES),
  };
};

export interface Machines {
  readonly diskBytes: number;
  readonly memoryBytes: number;
  /** Nodes that the puts need, at half of what one was measured to take. */
  readonly nodesForPuts: number;
  readonly coresForFanOut: number;
}

/** What that is in machines. */
export const machinesFor = (habits: Habits, cost: Cost, constants: Constants): Machines => {
  const kept = cost.cellsPerDay * habits.retentionDays;
  const passes = cost.peakFollowers / constants.fanOutFollowers;
  return {
    diskBytes: kept * constants.diskPerCell,
    memoryBytes: kept * constants.memoryPerCell + cost.peakFollowers * constants.memoryPerFollower,
    nodesForPuts: Math.ceil(cost.peakPutsPerSecond / (constants.putsPerSecond / 2)),
    coresForFanOut: passes * constants.fanOutCores,
  };
};
