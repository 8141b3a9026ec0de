/** How much one connection, one address and all together may ask. A block counts as 16 puts. */
export interface StoreLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly putsPerSecond: number;
  readonly putBurst: number;
  readonly putsPerSecondPerAddress: number;
  readonly putBurstPerAddress: number;
  readonly inFlight: number;
}

export const DEFAULT_LIMITS: StoreLimits = {
  connections: 10_000,
  connectionsPerAddress: 500,
  putsPerSecond: 500,
  putBurst: 4000,
  putsPerSecondPerAddress: 2000,
  putBurstPerAddress: 20_000,
  inFlight: 256,
};

export const BLOCK_PUT_TOKENS = 16;
