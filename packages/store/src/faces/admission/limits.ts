/**
 * How much one connection, one address and all together may ask for and hold. The table in
 * docs/store.md says what happens beyond.
 */
export interface StoreLimits {
  readonly connections: number;
  /** Of every kind, from the moment they are accepted, also when they have sent nothing. */
  readonly connectionsPerAddress: number;
  /** A block counts as 16 puts. */
  readonly putsPerSecond: number;
  readonly putBurst: number;
  readonly putsPerSecondPerAddress: number;
  readonly putBurstPerAddress: number;
  readonly inFlight: number;
  /**
   * Bytes of messages and frames that are not whole, or that the store has not read yet, beyond the
   * first 8 KiB of each connection.
   */
  readonly unfinishedBytesPerAddress: number;
  readonly unfinishedBytes: number;
  /** Bytes sent that the system has not taken yet. */
  readonly backlogBytesPerAddress: number;
  readonly backlogBytes: number;
  /** Bytes of puts that wait for a commit. Three quarters may be blocks. */
  readonly putBytesPerAddress: number;
  /** Blocks requested and not yet taken. */
  readonly blockAnswersPerAddress: number;
  /** Pings and pongs of one connection between two pings of the store. */
  readonly controlFrames: number;
  /** Until the head of a request is complete, and until all of it is. */
  readonly headMs: number;
  readonly requestMs: number;
  /** For an HTTP connection on which nothing moves, and for an answer that is taken slowly. */
  readonly idleMs: number;
  readonly answerMs: number;
}

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: StoreLimits = {
  connections: 10_000,
  connectionsPerAddress: 500,
  putsPerSecond: 500,
  putBurst: 4000,
  putsPerSecondPerAddress: 2000,
  putBurstPerAddress: 20_000,
  inFlight: 256,
  unfinishedBytesPerAddress: 32 * MiB,
  unfinishedBytes: 256 * MiB,
  backlogBytesPerAddress: 64 * MiB,
  backlogBytes: 512 * MiB,
  putBytesPerAddress: 16 * MiB,
  blockAnswersPerAddress: 64,
  controlFrames: 1000,
  headMs: 10_000,
  requestMs: 30_000,
  idleMs: 30_000,
  answerMs: 300_000,
};

export const BLOCK_PUT_TOKENS = 16;
