import type { EngineOptions } from "@pli/engine";
import type { DeviceView, PairingView } from "@pli/engine/api";
import { createTestDisk, pairingOf, type Person, type World } from "@pli/testkit";

/** A device that is nobody's yet. */
export function newDevice(world: World, name: string, options: Partial<EngineOptions> = {}): Promise<Person> {
  return world.person(name, options, { disk: createTestDisk() });
}

/** Both ends of a linking, once the link is opened on the old device. */
export interface Link {
  readonly shown: string;
  readonly opened: string;
  readonly link: string;
}

export async function openLink(world: World, old: Person, fresh: Person): Promise<Link> {
  const { pairing: shown } = await fresh.engine.linkThisDevice({ name: fresh.name });
  const link = await world.until(async () => (await pairingOf(fresh, shown)).link, "the link of a device");
  const { pairing: opened } = await old.engine.addDevice({ link });
  return { shown, opened, link };
}

/** Each types what the other shows. */
export async function typeBoth(world: World, old: Person, fresh: Person, { shown, opened }: Link): Promise<void> {
  const [theirs, ours] = await world.until(async () => {
    const says = [(await pairingOf(fresh, shown)).say, (await pairingOf(old, opened)).say] as const;
    return says[0] !== undefined && says[1] !== undefined && ([says[0], says[1]] as const);
  }, "the codes of a linking");
  await fresh.engine.typeCode({ pairing: shown, digits: ours });
  await old.engine.typeCode({ pairing: opened, digits: theirs });
}

/** A further device of this person. */
export async function linkDevice(
  world: World,
  old: Person,
  name: string,
  options: Partial<EngineOptions> = {},
): Promise<Person> {
  const fresh = await newDevice(world, name, options);
  const link = await openLink(world, old, fresh);
  await typeBoth(world, old, fresh, link);
  await world.until(async () => {
    const views: PairingView[] = [await pairingOf(fresh, link.shown), await pairingOf(old, link.opened)];
    return views.every(({ step }) => step === "paired");
  }, "the linking");
  return fresh;
}

/** Until a device is in all conversations that another has. */
export async function settleIn(world: World, one: Person, other: Person): Promise<void> {
  await world.until(async () => {
    const [here, there] = [await one.read("conversations", {}), await other.read("conversations", {})];
    const ready = there.filter(({ state }) => state === "ready");
    return here.length > 0 && ready.length === here.length;
  }, "every conversation on the new device");
}

export async function deviceNamed(person: Person, name: string): Promise<DeviceView> {
  const found = (await person.read("devices", {})).find((view) => view.name === name);
  if (found === undefined) throw new Error(`no device ${name}`);
  return found;
}
