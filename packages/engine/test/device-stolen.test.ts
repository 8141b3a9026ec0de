/**
 * A device is stolen, and its owner has another one and the recovery words (docs/protocol.md,
 * section 7.3). The thief has the whole disk from before.
 */
import { copyDisk, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, rowsOf } from "./support/friends.ts";
import { groupOf, textsIn, write } from "./support/groups.ts";
import { circle, type Circle } from "./support/recovery.ts";

interface Theft extends Circle {
  /** Alice's other devices; she has them with her. */
  readonly phone: Person;
  readonly laptop: Person;
  /** A device with the whole state of Alice's first one. */
  readonly thief: Person;
}

/** Alice has three devices; somebody has the disk of the last one. */
async function theft(): Promise<Theft> {
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

async function declare({ phone, words }: Theft): Promise<void> {
  const { id: device } = await deviceNamed(phone, "Tablet");
  expect(await phone.engine.declareStolen({ device, words })).toEqual({ out: [device] });
}

const generationOf = async (person: Person): Promise<unknown> =>
  (await rowsOf(person.disk, "SELECT max(generation) AS known FROM generations"))[0]?.["known"];

async function allTalk(world: World, { phone, laptop, bob, carol }: Theft): Promise<void> {
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

test("the other devices get the new keys, and all talk on in every conversation", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol } = people;
  await declare(people);
  await world.clock.advance(60_000);
  for (const p of [people.phone, people.laptop, people.bob]) {
    console.log(
      p.name,
      JSON.stringify(await p.read("conversations", {})).slice(0, 900),
      JSON.stringify(await p.read("devices", {})),
    );
    await p.engine.close();
    console.log(
      await rowsOf(p.disk, "SELECT kind, state, generation FROM conversations"),
      await rowsOf(p.disk, "SELECT * FROM generations"),
      await rowsOf(p.disk, "SELECT key, substr(value,1,80) FROM meta WHERE key LIKE 'device%' OR key like 'own-leaf%'"),
      await rowsOf(p.disk, "SELECT conversation, number, retired_at FROM epochs"),
      await rowsOf(p.disk, "SELECT device, conversation, count(*) FROM device_keys GROUP BY 1,2"),
      await rowsOf(p.disk, "SELECT conversation, purpose FROM pending_contents"),
    );
    await p.start(p.disk);
  }
  await allTalk(world, people);
  expect(await phone.read("devices", {})).toHaveLength(2);
  expect(await laptop.read("devices", {})).toHaveLength(2);
  for (const person of [bob, carol]) {
    const kinds = (await person.messages("Alice")).map(({ body }) => body.kind);
    expect(kinds.filter((kind) => kind === "newKeys")).toEqual(["newKeys"]);
    expect(kinds).not.toContain("rejoined");
  }
  await closeAll(phone, laptop, bob, carol);
  for (const person of [bob, carol]) expect(await generationOf(person)).toBe(1);
});
