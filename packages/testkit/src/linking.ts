import type { EngineOptions } from "@pli/engine";
import type { PairingView } from "@pli/engine/api";
import { createTestDisk } from "./database.ts";
import { pairingOf, type Person, type Setup, type World } from "./people.ts";

/** A device that is nobody's yet. */
export function newDevice(
  world: World,
  name: string,
  options: Partial<EngineOptions> = {},
  setup: Setup = {},
): Promise<Person> {
  return world.person(name, options, { ...setup, disk: createTestDisk() });
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
  const { pairing: opened } = await old.engine.addDevice({ link, confirmed: true });
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
  setup: Setup = {},
): Promise<Person> {
  const fresh = await newDevice(world, name, options, setup);
  const link = await openLink(world, old, fresh);
  await typeBoth(world, old, fresh, link);
  await world.until(async () => {
    const views: PairingView[] = [await pairingOf(fresh, link.shown), await pairingOf(old, link.opened)];
    return views.every(({ step }) => step === "paired");
  }, "the linking");
  return fresh;
}
