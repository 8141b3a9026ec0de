import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { copyDisk, type TestDisk } from "../database.ts";
import { createFakeClock } from "../fake-clock.ts";
import { MemoryStore } from "../memory-store.ts";
import type { MemoryTable } from "../memory-table.ts";
import { createAttacker, isAttack, type Attack } from "./attacker.ts";
import { callRoll, unjam } from "./aftermath.ts";
import { cryptoOf, type Base } from "./base.ts";
import { callOf, isRefusal, type Said } from "./calls.ts";
import { createDevice, type Device } from "./device.ts";
import { createMischief, type Mischief } from "./mischief.ts";
import { wordsOf } from "./plan.ts";
import type { Plan, Step } from "./steps.ts";
import { createTrace, NO_TRACE, type Trace } from "./trace.ts";
import type { Case, Loss, Restored } from "./sight.ts";
import { problemsOf } from "./verdict.ts";
import { createWeather } from "./weather.ts";
import { createWitness } from "./witness.ts";

export interface RunOptions {
  readonly trace?: boolean;
  /**
   * One honest device takes every commit for allowed: a deliberately broken build, to see that it
   * is caught.
   */
  readonly breakRules?: boolean;
  /**
   * Of the extras only those of these names happen (`EXTRAS`); otherwise all that the seed draws.
   */
  readonly only?: readonly string[];
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
/** A call that takes longer than this hangs. */
const PATIENCE_MS = 60_000;

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
  const clock = createFakeClock(base.now);
  const trace = options.trace === true ? createTrace(base.crypto, () => clock.now()) : NO_TRACE;
  const store = new MemoryStore({ clock });
  store.table = base.table.copy();
  const witness = createWitness();
  const broken = options.breakRules === true ? base.names.findIndex((_, who) => !plan.hostile.includes(who)) : -1;
  const isHonest = (who: number): boolean => !plan.hostile.includes(who);
  const mischiefs = base.names.map(() => createMischief(() => clock.now()));
  const devices = base.names.map((name, index) => deviceOf(name, index));
  const attackers = devices.map((device) => attackerOf(device));
  const backups = new Map<number, TestDisk>();
  let storeBackup: { table: MemoryTable; sealed: number } | undefined;
  const losses: Loss[] = [];
  const troubles: string[] = [];
  const said: Said[] = [];
  const restored = new Map<number, Restored>();
  const founded = new Map<number, string>();
  const later: { at: number; work(): Promise<void> | void }[] = [];
  const newcomersMayRead = plan.steps.some((step) => step.do === "change" && step.change.newcomersRead === "week");
  const facts: Case = { base, devices, isHonest, witness, said, restored, losses, founded, newcomersMayRead };
  for (const device of devices) await device.start();

  function seeded(name: string): Crypto {
    return cryptoOf(base, `seed ${plan.seed} ${name}`);
  }

  function deviceOf(name: string, index: number): Device {
    const [profile, disk] = [base.profiles[index], base.disks[index]];
    if (profile === undefined || disk === undefined) throw new RangeError("nobody of this number");
    const kit = (start: number): { crypto: Crypto; groups: GroupEngine } => {
      const crypto = seeded(`${name} ${start}`);
      const real = createGroupEngine(crypto);
      const groups = index === broken ? allowingAll(real) : real;
      const honest = isHonest(index) && index !== broken;
      const watched = witness.watch(groups, { device: index, profile, honest });
      return { crypto, groups: isHonest(index) ? watched : mischiefOf(index).around(watched, crypto) };
    };
    return createDevice({ index, name, profile, disk: copyDisk(disk), clock, store, trace, options: {}, kit });
  }

  function attackerOf(device: Device) {
    const crypto = seeded(`attacker ${device.name}`);
    const mischief = mischiefOf(device.index);
    return createAttacker({ crypto, device, store, clock, witness, mischief, profiles: base.profiles });
  }

  function mischiefOf(who: number): Mischief {
    const mischief = mischiefs[who];
    if (mischief === undefined) throw new RangeError("nobody of this number");
    return mischief;
  }

  function deviceAt(who: number): Device {
    const device = devices[who];
    if (device === undefined) throw new RangeError("nobody of this number");
    return device;
  }

  const elapsed = (): number => clock.now() - base.now;

  /** Time passes until `at` ms after the start, and what was put off until then happens. */
  async function passUntil(at: number): Promise<void> {
    for (;;) {
      const due = later.filter((one) => one.at <= at).sort((a, b) => a.at - b.at)[0];
      await clock.advance(Math.max(0, (due?.at ?? at) - elapsed()));
      if (due === undefined) return;
      later.splice(later.indexOf(due), 1);
      await due.work();
    }
  }

  function afterwards(ms: number, work: () => Promise<void> | void): void {
    later.push({ at: elapsed() + ms, work });
  }

  async function play(step: Step): Promise<void> {
    await passUntil(step.at);
    trace.note(`== ${wordsOf(step, base.names)}`);
    await act(step);
    await clock.advance(0);
  }

  async function act(step: Step): Promise<void> {
    switch (step.do) {
      case "away":
        deviceAt(step.who).setOnline(false);
        return afterwards(step.for, () => deviceAt(step.who).setOnline(true));
      case "restart":
        return restart(deviceAt(step.who));
      case "crash":
        deviceAt(step.who).power?.cutAfter(step.writes);
        return afterwards(step.for, () => revive(deviceAt(step.who)));
      case "back up":
        return void backups.set(step.who, deviceAt(step.who).copy());
      case "restore":
        return restore(deviceAt(step.who), step);
      case "clock":
        return deviceAt(step.who).shiftClock(step.by);
      case "storm":
        store.weather = createWeather(`seed ${plan.seed} step ${step.id}`, step.storm);
        return afterwards(step.for, () => void (store.weather = undefined));
      case "store down":
        store.takeDown();
        return afterwards(step.for, () => store.bringUp());
      case "store full":
        store.knobs.refusePuts = "store_full";
        return afterwards(step.for, () => void (store.knobs.refusePuts = undefined));
      case "cut lines":
        return store.cut();
      case "store backed up":
        return void (storeBackup = { table: store.table.copy(), sealed: witness.sealed.length });
      case "store wiped":
        losses.push({ from: 0, to: witness.sealed.length });
        return store.replace();
      case "store restored":
      case "store rolled back":
        return putBack(step.do === "store rolled back");
      case "withhold":
        return void (mischiefOf(step.who).instead = "nothing");
      default:
        return isAttack(step) ? attack(step) : call(step);
    }
  }

  /** The store is as it was when it was last backed up. */
  function putBack(silently: boolean): void {
    if (storeBackup === undefined) return;
    losses.push({ from: storeBackup.sealed, to: witness.sealed.length });
    if (silently) store.rollBack(storeBackup.table);
    else store.restore(storeBackup.table);
  }

  async function restart(device: Device): Promise<void> {
    if (device.engine === undefined || device.power?.isCut === true) return;
    await finished(device.stop(), `${device.name} stops`);
    await device.start();
  }

  /** The power comes back, if it failed; if it has not yet, it does so now. */
  async function revive(device: Device): Promise<void> {
    device.die();
    await device.start();
  }

  async function restore(device: Device, { id }: Step): Promise<void> {
    const backup = backups.get(device.index);
    if (backup === undefined) return;
    device.die();
    restored.set(device.index, { step: id });
    await device.start({ folder: copyDisk(backup).folder, key: backup.key });
  }

  async function attack(step: Attack): Promise<void> {
    const [group, attacker] = [groupIdOf(step.who, step.group), attackers[step.who]];
    if (group === undefined || attacker === undefined) return;
    const { done, wanted } = await attacker(step, group);
    trace.note(done);
    for (const action of wanted) await call({ id: step.id, at: step.at, ...action });
  }

  /** The MLS group in which this person last was, of the conversation of this number. */
  function groupIdOf(who: number, group: number): string | undefined {
    const shared = founded.get(group);
    return witness.begun(who).findLast((one) => one.shared === shared)?.group;
  }

  async function call(step: Step): Promise<void> {
    const who = "who" in step ? step.who : 0;
    const asked = await callOf(step, { device: deviceAt(who), base, founded, said });
    if (asked === undefined) return trace.note("makes no sense");
    const { power } = deviceAt(who);
    const ends = power === undefined ? asked() : Promise.race([asked(), power.gone]);
    try {
      await finished(ends, wordsOf(step, base.names));
    } catch (error) {
      trace.note(String(error));
      if (!isRefusal(error)) troubles.push(`${wordsOf(step, base.names)}: ${String(error)}`);
    }
  }

  /** What must come to its end by itself, or nearly so. */
  async function finished<T>(work: Promise<T>, what: string): Promise<void> {
    let over = false;
    const done = work.finally(() => (over = true));
    done.catch(() => undefined);
    for (let passed = 0; passed <= PATIENCE_MS; passed += 1_000) {
      await clock.advance(passed === 0 ? 0 : 1_000);
      if (over) return void (await done);
    }
    troubles.push(`${what}: does not end`);
  }

  /**
   * Everything is made well; time passes until all is in order, or nobody would wait any longer.
   */
  async function settle(): Promise<string[]> {
    while (later.length > 0) await passUntil(Math.min(...later.map(({ at }) => at)));
    store.weather = undefined;
    for (const device of devices) {
      device.rightClock();
      device.setOnline(true);
      if (device.engine === undefined || device.power?.isCut === true) await revive(device);
      device.power?.cutAfter(Number.POSITIVE_INFINITY);
    }
    let problems: string[] = [];
    let hasCalled = false;
    const honest = devices.filter(({ index }) => isHonest(index));
    const without = plan.hostile.map((who) => base.profiles[who] ?? "");
    const stage = { honest, without, founded, clock, trace, finished };
    for (const wait of LOOKS_MS) {
      await clock.advance(wait);
      await unjam(stage);
      problems = await problemsOf(facts);
      if (problems.length > 0) continue;
      if (!hasCalled) await callRoll(stage, said);
      hasCalled = true;
      await clock.advance(AFTERWARDS_MS);
      problems = await problemsOf(facts);
      if (problems.length === 0) break;
    }
    return [...troubles, ...problems];
  }

  async function end(): Promise<void> {
    for (const device of devices) device.die();
    await clock.advance(0);
  }

  return { play, settle, end, trace };
}

function allowingAll(groups: GroupEngine): GroupEngine {
  const allows = (): boolean => true;
  return {
    ...groups,
    processCommit: (state, bytes, p) => groups.processCommit(state, bytes, { ...p, allows }),
  };
}
