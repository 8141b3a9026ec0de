/** What people do with their devices in a run, and what becomes of it. */
import { EVERYTHING } from "../people.ts";
import { conversationOf, type Founded, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import type { Gone } from "./fleet.ts";
import { createHands } from "./hands.ts";
import { createLinkingHands } from "./linking-hands.ts";
import { nameOf, shownOn, type Restored } from "./sight.ts";
import type { DeviceAct, Step } from "./steps.ts";
import type { World } from "./world.ts";

const ACTS: readonly DeviceAct["do"][] = ["link", "remove device", "theft", "lose all", "confirm words", "choose"];
export type DeviceStep = Extract<Step, { do: DeviceAct["do"] }>;
export const isDeviceAct = (step: Step): step is DeviceStep => (ACTS as readonly string[]).includes(step.do);

export function createDeviceActs(
  world: World,
  known: { said: readonly Said[]; restored: Map<number, Restored>; founded: Founded },
) {
  const { base, fleet, trace, troubles, afterwards } = world;
  const hands = createHands(world);
  const { ask, follow } = hands;
  /** Stolen devices whose owner was restored by later keys since: nothing is to be declared. */
  const declared = new Set<number>();
  const link = createLinkingHands(world, hands, { arrived, failed: (fresh) => gone(fresh, "not linked", true) });

  async function act(step: DeviceStep): Promise<void> {
    const device = fleet.at(step.who, step.device ?? 0);
    if (!fleet.isTheirs(device)) return trace.note("is not theirs");
    switch (step.do) {
      case "link":
        return link(device);
      case "remove device":
        return remove(device, step);
      case "theft":
        return theft(device, step);
      case "lose all":
        return loseAll(step);
      case "confirm words":
        return void ask(device, (engine) => engine.checkRecovery({ words: wordsOf(step.who) }));
      case "choose":
        return choose(device, step);
    }
  }

  const wordsOf = (who: number): string => base.words[who] ?? "";

  async function arrived(fresh: Device): Promise<boolean> {
    const id = (await fresh.read("devices", {}))?.find(({ isThis }) => isThis)?.id;
    if (id === undefined) return false;
    fleet.ids.set(fresh.index, id);
    fleet.arriving.delete(fresh.index);
    trace.note(`== ${fresh.name} is linked`);
    return true;
  }

  async function remove(by: Device, { other, dies }: DeviceStep & { do: "remove device" }): Promise<void> {
    const whom = otherOf(by, other);
    const device = whom && fleet.ids.get(whom.index);
    if (whom === undefined || device === undefined) return trace.note("has no other");
    await gone(whom, "removed", dies);
    void ask(by, (engine) => engine.removeDevice({ device }));
  }

  const otherOf = (by: Device, nth: number): Device | undefined => {
    const others = fleet.of(by.who).filter((device) => device !== by);
    return others[nth % Math.max(1, others.length)];
  };

  /** Somebody takes it, and uses it as it is; its owner says so later, on another one. */
  async function theft(by: Device, step: DeviceStep & { do: "theft" }): Promise<void> {
    const whom = otherOf(by, step.other);
    if (whom === undefined) return trace.note("has no other");
    await gone(whom, "stolen", false);
    trace.note(`== ${whom.name} is stolen`);
    afterwards(step.for, () => declare(whom));
  }

  function declare(stolen: Device): void {
    const device = fleet.ids.get(stolen.index) ?? "";
    const words = wordsOf(stolen.who);
    follow(
      async () => {
        if (declared.has(stolen.index)) return true;
        const own = fleet.of(stolen.who);
        const by = own.find(({ engine, power }) => engine !== undefined && power?.isCut !== true);
        if (by === undefined) return own.length === 0;
        await ask(by, (engine) => engine.declareStolen({ device, words }));
        const listed = (await by.read("devices", {}))?.map(({ id }) => id);
        if (listed === undefined || listed.includes(device)) return false;
        for (const other of own)
          if (!listed.includes(fleet.ids.get(other.index) ?? "")) await gone(other, "removed", true);
        return true;
      },
      () => void troubles.push(`${stolen.name}: could not be declared stolen`),
    );
  }

  /** All are gone; after a while there is a new one, which has only the words. */
  async function loseAll(step: DeviceStep & { do: "lose all" }): Promise<void> {
    const own = fleet.devices.filter(
      (one) => one.who === step.who && (fleet.isTheirs(one) || fleet.arriving.has(one.index)),
    );
    for (const device of own) await gone(device, "lost", true);
    const thefts = [...fleet.gone].filter(([i, { why }]) => why === "stolen" && fleet.devices[i]?.who === step.who);
    for (const [index] of thefts) declared.add(index);
    afterwards(step.for, () => restore(step, step.stolen || thefts.length > 0));
  }

  async function restore({ id, who }: DeviceStep, stolen: boolean): Promise<void> {
    const fresh = world.addDevice(who);
    fleet.arriving.add(fresh.index);
    await fresh.start();
    follow(
      async () => {
        void ask(fresh, (engine) => engine.restoreRecovery({ words: wordsOf(who), stolen }));
        if ((await fresh.read("status", {}))?.profile === undefined || !(await arrived(fresh))) return false;
        known.restored.set(fresh.index, { step: id, sealed: world.witness.sealed.length });
        return true;
      },
      () => void troubles.push(`${fresh.name}: could not be restored`),
    );
  }

  async function choose(device: Device, step: DeviceStep & { do: "choose" }): Promise<void> {
    const conversation = await conversationOf(device, known.founded.get(step.group));
    const [contact] = ((await device.read("contacts", {})) ?? []).slice(step.group);
    const { what, value } = step;
    void ask(device, async (engine) => {
      if (what === "receipts") await engine.changeSettings({ readReceipts: value });
      else if (what === "name" && contact !== undefined)
        await engine.nameContact({ contact: contact.id, name: value ? `Friend ${step.id}` : "" });
      else if (what === "mute" && contact !== undefined)
        await engine.mute({ conversation: contact.conversation, muted: value });
      else if (what === "read" && conversation !== undefined) await engine.markRead({ conversation, upTo: EVERYTHING });
    });
  }

  async function gone(device: Device, why: Gone["why"], isDead: boolean): Promise<void> {
    const sent = await sentBy(device);
    if (isDead) device.die();
    fleet.leave(device, { why, isDead, sent });
  }

  /** Texts of this device of which it knows that the store has them. */
  async function sentBy(device: Device): Promise<ReadonlySet<string>> {
    const own = new Set(known.said.flatMap(({ author, text }) => (author === device.index ? [nameOf(text)] : [])));
    const sent = new Set<string>();
    for (const { id } of (await device.read("conversations", {})) ?? [])
      for (const { text, state } of await shownOn(device, id))
        if (own.has(text) && state !== "saved" && state !== "failed") sent.add(text);
    return sent;
  }

  return act;
}
