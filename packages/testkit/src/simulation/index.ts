/** The deterministic simulation: one seed is one run of real engines under faults and hostile members. */
export type { RunOptions } from "./run.ts";
export { replay, runSeed, smallestReplay, type Verdict } from "./seeds.ts";
