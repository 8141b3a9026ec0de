/** A device of somebody with three is stolen. The thief has the whole disk from before. */
import { copyDisk, type Person, type World } from "@pli/testkit";
import { expect } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./devices.ts";
import { groupOf, textsIn, write } from "./groups.ts";
import { circle, type Circle } from "./recovery.ts";

export interface Theft extends Circle {
  /** Alice's other devices; she has them with her. */
  readonly phone: Person;
  readonly laptop: Person;
  /** A device with the whole state of Alice's first one. */
  readonly thief: Person;
}

/** Alice has three devices; somebody has the disk of the last one. */
export async function theft(): Promise<Theft> {
  const people = await circle();
  const { world, alice } = people;
  const laptop = await linkDevice(world, alice, "Laptop");
  await settleIn(world, alice, laptop);
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  await world.clock.advance(60_000);
  await tablet.engine.close();
  const thief = await world.person("Thief", { backups: "written" }, { disk: copyDisk(tablet.disk) });
  await thief.engine.close();
  return { ...people, phone: alice, laptop, thief };
}

export async function declare({ phone, words }: Theft): Promise<void> {
  const { id: device } = await deviceNamed(phone, "Tablet");
  expect(await phone.engine.declareStolen({ device, words })).toEqual({ out: [device] });
}

export async function allTalk(world: World, { phone, laptop, bob, carol }: Theft): Promise<void> {
  await world.until(async () => (await laptop.conversationWith("Bob")).state === "ready", "the other device", 900_000);
  await world.until(async () => (await groupOf(laptop))?.state === "ready", "the other device in the group", 900_000);
  await bob.say("Alice", "to both");
  await laptop.say("Bob", "from the laptop");
  await phone.say("Bob", "from the phone");
  await write(carol, "to the club");
  const all = ["to both", "from the laptop", "from the phone"];
  await world.until(async () => {
    for (const person of [phone, laptop]) {
      const texts = await person.texts("Bob");
      if (!all.every((one) => texts.includes(one))) return false;
    }
    const [here, there] = [await textsIn(phone), await textsIn(laptop)];
    return here.includes("to the club") && there.includes("to the club") && (await bob.heard("Alice")).length === 2;
  }, "one transcript");
}
