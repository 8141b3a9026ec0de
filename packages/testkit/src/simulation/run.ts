/** The run of a seed: its plan is played step by step, then the verdict is asked for. */
import { callEachOther, callRoll, tidy, unjam } from "./aftermath.ts";
import { createActs } from "./acts.ts";
import type { Base } from "./base.ts";
import { wordsOf } from "./plan.ts";
import type { Case } from "./sight.ts";
import type { Plan, Step } from "./steps.ts";
import type { Trace } from "./trace.ts";
import { problemsOf } from "./verdict.ts";
import { createWorld, type WorldOptions } from "./world.ts";

export interface RunOptions extends WorldOptions {
  /**
   * Of the extras only those of these names happen (`EXTRAS`); otherwise all that the seed draws.
   */
  readonly only?: readonly string[];
  /** The seed is one of those in which people have several devices (device-plan.ts). */
  readonly severalDevices?: boolean;
}

export interface Outcome {
  /** What is not as it must be; none: the run passed. */
  readonly problems: readonly string[];
  readonly trace: Trace;
}

/**
 * After the last step everything is made well, and looked at after each of these times until all is
 * in order.
 */
const LOOKS_MS = [20_000, 40_000, 60_000, 120_000, 240_000, 480_000, 3_600_000, 3_600_000];
/** What was in order must still be, this much later, and what was said then is heard. */
const AFTERWARDS_MS = 180_000;

/** Lets a plan happen, and looks at what came of it. The same plan gives the same run. */
export async function runPlan(base: Base, plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const run = await startRun(base, plan, options);
  try {
    for (const step of plan.steps) await run.play(step);
    return { problems: await run.settle(), trace: run.trace };
  } catch (error) {
    return { problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)], trace: run.trace };
  } finally {
    await run.end();
  }
}

async function startRun(base: Base, plan: Plan, options: RunOptions) {
  const world = createWorld(base, plan, options);
  const { clock, trace, store, witness, fleet, isHonest } = world;
  const { devices, gone, ids } = fleet;
  const { act, revive, losses, said, restored, founded } = createActs(world);
  const newcomersMayRead = plan.steps.some((step) => step.do === "change" && step.change.newcomersRead === "week");
  const facts: Case = {
    base,
    devices,
    gone,
    ids,
    isHonest,
    witness,
    said,
    restored,
    losses,
    founded,
    newcomersMayRead,
  };
  for (const device of devices) await device.start();
  if (plan.severalDevices === true) await nameDevices();

  async function nameDevices(): Promise<void> {
    for (const device of devices) {
      const own = (await device.read("devices", {}))?.find(({ isThis }) => isThis);
      if (own !== undefined) ids.set(device.index, own.id);
    }
  }

  async function play(step: Step): Promise<void> {
    await world.passUntil(step.at);
    trace.note(`== ${wordsOf(step, base.names)}`);
    await act(step);
    await clock.advance(0);
  }

  /**
   * Everything is made well; time passes until all is in order, or nobody would wait any longer.
   */
  async function settle(): Promise<string[]> {
    await world.passAll();
    store.weather = undefined;
    for (const device of devices.filter((one) => !fleet.isDead(one))) {
      device.rightClock();
      device.setOnline(true);
      if (device.engine === undefined || device.power?.isCut === true) await revive(device);
      device.power?.cutAfter(Number.POSITIVE_INFINITY);
    }
    let problems: string[] = [];
    let hasCalled = false;
    const without = plan.hostile.map((who) => base.profiles[who] ?? "");
    const honest = devices.filter((one) => isHonest(one.who) && fleet.isTheirs(one));
    const stage = { fleet, honest, without, founded, clock, trace, finished: world.finished };
    for (const wait of LOOKS_MS) {
      await clock.advance(wait);
      if (plan.severalDevices === true) await tidy(stage);
      await unjam(stage);
      problems = await problemsOf(facts);
      if (problems.length > 0) continue;
      if (!hasCalled) await callRoll(stage, said);
      if (!hasCalled && plan.severalDevices === true) await callEachOther(stage, said);
      hasCalled = true;
      await clock.advance(AFTERWARDS_MS);
      problems = await problemsOf(facts);
      if (problems.length === 0) break;
    }
    return [...world.troubles, ...problems];
  }

  async function end(): Promise<void> {
    for (const device of devices) device.die();
    await clock.advance(0);
  }

  return { play, settle, end, trace };
}
