import { sharedBase } from "./base.ts";
import { devicePlanFrom } from "./device-plan.ts";
import { planFrom, wordsOf } from "./plan.ts";
import type { Plan, Step } from "./steps.ts";
import { runPlan, type RunOptions } from "./run.ts";
import { shrunk } from "./shrink.ts";

/** How often a failing plan is run again to find its smallest part. */
const TRIES = 150;

/** What one seed came to. */
export interface Verdict {
  readonly seed: number;
  readonly problems: readonly string[];
}

export async function runSeed(seed: number, options: RunOptions = {}): Promise<Verdict> {
  const { problems } = await tried(await planOf(seed, options), options);
  return { seed, problems };
}

/** A run of one's own making: what is wrong after it. */
export async function runSteps(steps: readonly Step[], hostile: readonly number[] = []): Promise<readonly string[]> {
  return (await tried({ seed: 0, hostile, steps }, {})).problems;
}

/**
 * The smallest part of a failing seed's plan that fails too, and how it fails, as lines to read.
 */
export async function smallestReplay(seed: number, options: RunOptions = {}): Promise<string[]> {
  const plan = await planOf(seed, options);
  const base = await sharedBase(plan.severalDevices);
  const part = (steps: Plan["steps"]): Plan => ({ ...plan, steps });
  const fails = async (steps: Plan["steps"]): Promise<boolean> =>
    (await tried(part(steps), options)).problems.length > 0;
  const steps = await shrunk(plan.steps, fails, TRIES);
  const { problems } = await tried(part(steps), options);
  const hostile = plan.hostile.map((who) => base.names[who]).join(", ") || "nobody";
  const ids = steps.map(({ id }) => id).join(",");
  return [
    `seed ${seed}, hostile: ${hostile}; replay it with: npm run simulate -- ${plan.severalDevices === true ? "--devices " : ""}--replay ${seed} --steps ${ids}`,
    ...steps.map((step) => `  ${wordsOf(step, base.names)}`),
    ...problems.map((problem) => `  -> ${problem}`),
  ];
}

/** One run, or only some of its steps, with all that happened in it. */
export async function replay(
  seed: number,
  options: RunOptions & { readonly steps?: readonly number[] },
): Promise<{ problems: readonly string[]; lines: readonly string[]; hash: string }> {
  const plan = await planOf(seed, options);
  const steps = plan.steps.filter(({ id }) => options.steps?.includes(id) ?? true);
  const { problems, trace } = await tried({ ...plan, steps }, { ...options, trace: true });
  return { problems, lines: trace.lines, hash: trace.hash() };
}

async function planOf(seed: number, { breakRules, only, severalDevices }: RunOptions): Promise<Plan> {
  if (severalDevices === true) return devicePlanFrom(seed, await sharedBase(true));
  return planFrom(seed, await sharedBase(), { hostile: breakRules === true, ...(only !== undefined && { only }) });
}

async function tried(plan: Plan, options: RunOptions): ReturnType<typeof runPlan> {
  return runPlan(await sharedBase(plan.severalDevices), plan, options);
}
