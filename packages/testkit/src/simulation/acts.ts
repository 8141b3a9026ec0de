/** What each step of a plan does to a world, and what is to be remembered of it. */
import { copyDisk, type TestDisk } from "../database.ts";
import type { MemoryTable } from "../memory-table.ts";
import { createAttacker, isAttack, type Attack } from "./attacker.ts";
import { callOf, isRefusal, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import { createDeviceActs, isDeviceAct } from "./device-acts.ts";
import { wordsOf } from "./plan.ts";
import type { Loss, Restored } from "./sight.ts";
import type { Step } from "./steps.ts";
import { createWeather } from "./weather.ts";
import type { World } from "./world.ts";

export function createActs(world: World) {
  const { base, plan, clock, trace, store, witness, troubles, fleet, mischiefOf, afterwards, finished } = world;
  const attackers = fleet.devices.map((device) => attackerOf(device));
  const backups = new Map<number, TestDisk>();
  let storeBackup: { table: MemoryTable; sealed: number } | undefined;
  const losses: Loss[] = [];
  const said: Said[] = [];
  const restored = new Map<number, Restored>();
  const founded = new Map<number, string>();

  function attackerOf(device: Device) {
    const crypto = world.seeded(`attacker ${device.name}`);
    const mischief = mischiefOf(device.who);
    return createAttacker({ crypto, device, store, clock, witness, mischief, profiles: base.profiles });
  }

  const deviceAct = createDeviceActs(world, { said, restored, founded });

  function act(step: Step): Promise<void> | void {
    if (isDeviceAct(step)) return deviceAct(step);
    return "who" in step ? onDevice(fleet.at(step.who, step.device ?? 0), step) : onStore(step);
  }

  async function onDevice(device: Device, step: Extract<Step, { who: number }>): Promise<void> {
    switch (step.do) {
      case "away":
        device.setOnline(false);
        return afterwards(step.for, () => device.setOnline(true));
      case "restart":
        return restart(device);
      case "crash":
        device.power?.cutAfter(step.writes);
        return afterwards(step.for, () => revive(device));
      case "back up":
        return void backups.set(device.index, device.copy());
      case "restore":
        return restore(device, step);
      case "clock":
        return device.shiftClock(step.by);
      case "withhold":
        return void (mischiefOf(step.who).instead = "nothing");
      default:
        return isAttack(step) ? attack(step) : call(device, step);
    }
  }

  function onStore(step: Exclude<Step, { who: number }>): void {
    switch (step.do) {
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
    if (fleet.isDead(device)) return;
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
    for (const action of wanted) await call(fleet.at(step.who, 0), { id: step.id, at: step.at, ...action });
  }

  /** The MLS group in which this person last was, of the conversation of this number. */
  function groupIdOf(who: number, group: number): string | undefined {
    const shared = founded.get(group);
    return witness.begun(who).findLast((one) => one.shared === shared)?.group;
  }

  async function call(device: Device, step: Step): Promise<void> {
    const asked = await callOf(step, { device, base, founded, said });
    if (asked === undefined) return trace.note("makes no sense");
    const { power } = device;
    const ends = power === undefined ? asked() : Promise.race([asked(), power.gone]);
    try {
      await finished(ends, wordsOf(step, base.names));
    } catch (error) {
      trace.note(String(error));
      if (!isRefusal(error)) troubles.push(`${wordsOf(step, base.names)}: ${String(error)}`);
    }
  }

  return { act, revive, losses, said, restored, founded };
}
