/**
 * What a simulated run stands on: a clock by hand, a store in memory, a device for each person, and
 * what is put off until later.
 */
import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { copyDisk, createTestDisk, type TestDisk } from "../database.ts";
import { createFakeClock } from "../fake-clock.ts";
import { MemoryStore } from "../memory-store.ts";
import { cryptoOf, type Base } from "./base.ts";
import { createDevice, type Device } from "./device.ts";
import { createFleet } from "./fleet.ts";
import { createMischief, type Mischief } from "./mischief.ts";
import { noted } from "./notes.ts";
import type { Plan } from "./steps.ts";
import { createTrace, NO_TRACE } from "./trace.ts";
import { createWitness } from "./witness.ts";

export interface WorldOptions {
  readonly trace?: boolean;
  /**
   * One honest device takes every commit for allowed: a deliberately broken build, to see that it
   * is caught.
   */
  readonly breakRules?: boolean;
}

export type World = ReturnType<typeof createWorld>;

/** A call that takes longer than this hangs. */
const PATIENCE_MS = 60_000;

/** Nobody's device has started. */
export function createWorld(base: Base, plan: Plan, options: WorldOptions) {
  const clock = createFakeClock(base.now);
  const trace = options.trace === true ? createTrace(base.crypto, () => clock.now()) : NO_TRACE;
  const store = new MemoryStore({ clock });
  store.table = base.table.copy();
  const witness = createWitness();
  const broken = options.breakRules === true ? base.names.findIndex((_, who) => !plan.hostile.includes(who)) : -1;
  const isHonest = (who: number): boolean => !plan.hostile.includes(who);
  const mischiefs = base.names.map(() => createMischief(() => clock.now()));
  const people = new Map(base.profiles.map((id, who) => [id, base.names[who] ?? id]));
  const first = base.disks.map((disk, who) =>
    deviceOf(base.names[who] ?? "", { index: who, who, disk: copyDisk(disk) }),
  );
  const fleet = createFleet(first);
  for (const { who, disk } of base.further) addDevice(who, copyDisk(disk));
  const troubles: string[] = [];
  const later: { at: number; work(): Promise<void> | void }[] = [];

  function seeded(name: string): Crypto {
    return cryptoOf(base, `seed ${plan.seed} ${name}`);
  }

  /** One more of this person: an empty one that is nobody's, unless a disk is given. */
  function addDevice(who: number, disk = createTestDisk()): Device {
    const nth = fleet.devices.filter((device) => device.who === who).length + 1;
    const device = deviceOf(`${base.names[who]} ${nth}`, { index: fleet.devices.length, who, disk });
    fleet.add(device);
    return device;
  }

  function deviceOf(name: string, { index, who, disk }: { index: number; who: number; disk: TestDisk }): Device {
    const profile = base.profiles[who];
    if (profile === undefined) throw new RangeError("nobody of this number");
    const kit = (start: number): { crypto: Crypto; groups: GroupEngine } => {
      const crypto = seeded(`${name} ${start}`);
      const real = createGroupEngine(crypto);
      const groups = index === broken ? allowingAll(real) : real;
      const honest = isHonest(who) && index !== broken;
      const seen = witness.watch(groups, { device: index, profile, honest });
      const watched = options.trace === true ? noted(seen, { trace, name, people }) : seen;
      return { crypto, groups: isHonest(who) ? watched : mischiefOf(who).around(watched, crypto) };
    };
    return createDevice({ index, who, name, profile, disk, clock, store, trace, options: {}, kit });
  }

  function mischiefOf(who: number): Mischief {
    const mischief = mischiefs[who];
    if (mischief === undefined) throw new RangeError("nobody of this number");
    return mischief;
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

  /** Until all that was put off has happened. */
  async function passAll(): Promise<void> {
    while (later.length > 0) await passUntil(Math.min(...later.map(({ at }) => at)));
  }

  return {
    base,
    plan,
    clock,
    trace,
    store,
    witness,
    fleet,
    addDevice,
    troubles,
    isHonest,
    seeded,
    mischiefOf,
    passUntil,
    passAll,
    afterwards,
    finished,
  };
}

function allowingAll(groups: GroupEngine): GroupEngine {
  const allows = (): boolean => true;
  return {
    ...groups,
    processCommit: (state, bytes, p) => groups.processCommit(state, bytes, { ...p, allows }),
  };
}
