import { createCrypto } from "@pli/protocol/crypto";
import { copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import {
  changesIn,
  counters,
  foundGroup,
  groupOf,
  heard,
  memberId,
  mustBeIn,
  textsIn,
  write,
} from "./support/groups.ts";
import { createJammer, type Jammer } from "./support/jammer.ts";

/**
 * Alice is the only owner of a group with Bertrand and Eve, none of whom may bring her back into
 * it.
 */
async function cast(): Promise<{ world: World; people: [Person, Person, Person]; jammer: Jammer }> {
  const world = createWorld();
  const jammer = createJammer(await createCrypto());
  const alice = await world.person("Alice");
  const bertrand = await world.person("Bertrand");
  const eve = await world.person("Eve", {}, { groups: jammer.groups });
  for (const other of [bertrand, eve]) await pair(world, alice, other);
  await foundGroup(world, [alice, bertrand, eve], "Enquête");
  await world.clock.advance(300_000);
  return { world, people: [alice, bertrand, eve], jammer };
}

async function isInStep(person: Person): Promise<void> {
  expect((await groupOf(person))?.state).toBe("ready");
  expect((await counters(person)).rejoins).toBe(0);
}

describe("labels of a member that another member spoils", () => {
  test("are passed over: the member stays in step, and is heard", async () => {
    const { world, people, jammer } = await cast();
    const [alice, bertrand] = people;
    jammer.spoil(world.store, await memberId(alice, "Alice"), 4);
    await world.clock.advance(5_000);
    await write(alice, "malgré tout");
    await heard(world, [alice, bertrand], ["malgré tout"]);
    await write(alice, "et encore");
    await heard(world, [alice, bertrand], ["et encore"]);
    await isInStep(alice);
  });

  test("are passed over while a message is on its way to them", async () => {
    const { world, people, jammer } = await cast();
    const [alice, bertrand] = people;
    const self = await memberId(alice, "Alice");
    world.store.knobs.delayMs = 500;
    await write(alice, "en chemin");
    jammer.spoil(world.store, self, 2);
    await heard(world, [alice, bertrand], ["en chemin"]);
    await isInStep(alice);
  });

  test("more than a window of them are passed over too", async () => {
    const { world, people, jammer } = await cast();
    const [alice, bertrand] = people;
    jammer.spoil(world.store, await memberId(alice, "Alice"), 20);
    await world.clock.advance(5_000);
    await write(alice, "malgré vingt");
    await world.until(
      async () => (await textsIn(bertrand)).includes("malgré vingt"),
      "a text behind twenty labels",
      7_200_000,
    );
    await isInStep(alice);
  });
});

describe("what this device wrote in a life it does not remember", () => {
  test("is its own: it comes back into the group", async () => {
    const { world, people } = await cast();
    const [alice, bertrand] = people;
    const backup = copyDisk(bertrand.disk);
    await write(bertrand, "avant la panne");
    await heard(world, [alice, bertrand], ["avant la panne"]);
    await bertrand.engine.close();
    await bertrand.start(backup);
    await world.until(async () => (await counters(bertrand)).rejoins === 1, "back");
    await write(bertrand, "de retour");
    await heard(world, [alice, bertrand], ["de retour"]);
  });

  test("does not keep back what is written off line just after the start, once and again", async () => {
    const { world, people } = await cast();
    const [alice, bertrand] = people;
    const { id } = await mustBeIn(bertrand);
    for (const time of ["une fois", "deux fois"]) {
      const backup = copyDisk(bertrand.disk);
      await write(bertrand, `avant la panne, ${time}`);
      await heard(world, [alice, bertrand], [`avant la panne, ${time}`]);
      await world.clock.advance(60_000);
      await bertrand.engine.close();
      world.store.takeDown();
      await bertrand.start(backup);
      await bertrand.engine.sendText({ conversation: id, text: `au retour, ${time}` });
      await world.clock.advance(60_000);
      world.store.bringUp();
      await heard(world, [alice, bertrand], [`au retour, ${time}`]);
      await world.clock.advance(300_000);
    }
  });

  test("is no removal: no history says that they were put out by who brought them back", async () => {
    const { world, people } = await cast();
    const [alice, bertrand] = people;
    const backup = copyDisk(bertrand.disk);
    await write(bertrand, "avant la panne");
    await heard(world, [alice, bertrand], ["avant la panne"]);
    await bertrand.restart(backup);
    await world.until(async () => (await counters(bertrand)).rejoins === 1, "back");
    await world.clock.advance(300_000);
    for (const person of people) {
      const lines = (await changesIn(person)).map(({ what }) => what);
      expect(lines).not.toContain("removed");
      expect(lines).not.toContain("left");
    }
  });

  test("brings back the only owner too, through whoever is there, and as the owner", async () => {
    const { world, people } = await cast();
    const [alice, bertrand] = people;
    const backup = copyDisk(alice.disk);
    await write(alice, "avant la panne");
    await heard(world, [alice, bertrand], ["avant la panne"]);
    await alice.engine.close();
    await alice.start(backup);
    await world.until(async () => (await counters(alice)).rejoins === 1, "back");
    const { id, role } = await mustBeIn(alice);
    expect(role).toBe("owner");
    await alice.engine.changeGroup({ conversation: id, name: "Après" });
    await world.until(
      async () => (await Promise.all(people.map(groupOf))).every((group) => group?.name === "Après"),
      "the owner's change",
    );
  });
});
