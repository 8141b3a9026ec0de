/**
 * The dials: how much of each counted or random test one run does. `PLI_TIER` says which column is
 * in force (`full` when it is not set), `PLI_DIAL_CLIENT_KILLS=200` turns one dial, `PLI_SEED=7`
 * draws the moments of a run again.
 */
import { randomInt } from "node:crypto";

const TIERS = ["quick", "full", "soak"] as const;
export type Tier = (typeof TIERS)[number];

/**
 * Tests of processes and browsers are no part of `quick`: what stands there for them counts when
 * one of their files is run by hand.
 */
export const DIALS = {
  /** Seeds of the simulator, from 1 on. */
  SIMULATED_SEEDS: { quick: 12, full: 12, soak: 1_000 },
  /** Seeds in which people have several devices, from 1 on. */
  DEVICE_SEEDS: { quick: 4, full: 7, soak: 1_000 },
  /** Of the seeds that failed once, in percent: others each run. Their stories are all played. */
  FAILED_SEEDS: { quick: 0, full: 20, soak: 100 },
  /** Of each property of fast-check, in percent of what the test asks for. */
  PROPERTY_RUNS: { quick: 25, full: 100, soak: 2_000 },
  /** Kills of a client that writes. */
  CLIENT_KILLS: { quick: 2, full: 3, soak: 200 },
  /** Kills of a browser that writes. */
  BROWSER_KILLS: { quick: 2, full: 2, soak: 200 },
  /** Kills of a store under load, of each engine. */
  STORE_KILLS: { quick: 2, full: 3, soak: 200 },
  /** Times that two admins remove each other, over a real store. */
  DUELS: { quick: 5, full: 5, soak: 500 },
  /** Times that each thing is done to a store and its people talk again. */
  STORE_LOSSES: { quick: 1, full: 1, soak: 20 },
  /** Rounds of all faults of a cluster; 0 is one of each kind, and short. */
  CLUSTER_ROUNDS: { quick: 0, full: 0, soak: 1 },
  /** Messages in the conversation of the newcomer's first hour. */
  NEWCOMER_MESSAGES: { quick: 400, full: 400, soak: 10_000 },
  /** Contacts in the searches of docs/*.pml. */
  MODEL_CONTACTS: { quick: 1, full: 1, soak: 2 },
} as const satisfies Record<string, Record<Tier, number>>;

export type Dial = keyof typeof DIALS;

const OVERRIDE = "PLI_DIAL_";

/**
 * What every dial says under these variables. Throws a RangeError for a tier or a dial that is
 * none.
 */
export function dialsFrom(env: Readonly<Record<string, string | undefined>>): Readonly<Record<Dial, number>> {
  const tier = tierFrom(env["PLI_TIER"]);
  const set = new Map<string, number>(Object.entries(DIALS).map(([name, counts]) => [name, counts[tier]]));
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(OVERRIDE)) continue;
    const name = variable.slice(OVERRIDE.length);
    if (!set.has(name)) throw new RangeError(`${variable} is none of ${Object.keys(DIALS).join(", ")}`);
    set.set(name, countFrom(variable, value));
  }
  return Object.fromEntries(set) as Record<Dial, number>;
}

function tierFrom(value = "full"): Tier {
  const tier = TIERS.find((name) => name === value);
  if (tier === undefined) throw new RangeError(`PLI_TIER is none of ${TIERS.join(", ")}: ${value}`);
  return tier;
}

function countFrom(variable: string, value = ""): number {
  if (!/^\d{1,9}$/.test(value)) throw new RangeError(`${variable} is no count: ${value}`);
  return Number(value);
}

const dials = dialsFrom(process.env);

export const dial = (name: Dial): number => dials[name];

/** How often fast-check tries a property that asks for `count` tries; at least once. */
export const propertyRuns = (count: number): number => Math.max(1, Math.round((count * dial("PROPERTY_RUNS")) / 100));

/**
 * The seed of this run's random moments: that of `PLI_SEED`, or another each time. A test says it
 * in its name, so that a failure can be played again.
 */
export const seedOfRun: number = Number(process.env["PLI_SEED"] ?? randomInt(2 ** 31));

/** As many of these as a dial says in percent, at least one: others each run. */
export function drawnShare<T>(name: Dial, all: readonly T[]): readonly T[] {
  const random = randomFrom(seedOfRun);
  const shuffled = all.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at);
  const share = Math.max(1, Math.ceil((all.length * dial(name)) / 100));
  return shuffled.slice(0, share).map(({ one }) => one);
}

/** Numbers from 0 to below 1, the same for the same seed: moments, and no secret. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
