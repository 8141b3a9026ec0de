/**
 * The deterministic simulation: one seed is one run of real engines under faults and hostile
 * members.
 */
export { EXTRAS } from "./extras.ts";
export type { Action, Step } from "./steps.ts";
export type { RunOptions } from "./run.ts";
export { replay, runSeed, runSteps, smallestReplay, type Verdict } from "./seeds.ts";
