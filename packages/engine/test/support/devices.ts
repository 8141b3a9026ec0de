import type { DeviceView } from "@pli/engine/api";
import type { Person, World } from "@pli/testkit";

export { linkDevice, newDevice, openLink, typeBoth, type Link } from "@pli/testkit";

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
