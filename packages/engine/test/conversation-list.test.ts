import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { agreed, contactId, foundGroup, heard, write } from "./support/groups.ts";

const DAY = 86_400_000;

const listOf = async (person: Person): Promise<string[]> =>
  (await person.read("conversations", {})).map(({ name, last }) =>
    last?.body.kind === "text" ? `${name}: ${last.body.text}` : `${name}: (${last?.body.kind})`,
  );

/** Ana, who knows Bo and Cy, with whom she last spoke. */
async function circle(): Promise<{ world: World; ana: Person; bo: Person; cy: Person }> {
  const world = createWorld();
  const [ana, bo, cy] = [await world.person("Ana"), await world.person("Bo"), await world.person("Cy")];
  for (const other of [bo, cy]) await pair(world, ana, other);
  await world.clock.advance(30_000);
  return { world, ana, bo, cy };
}

async function says(world: World, from: Person, to: Person, text: string): Promise<void> {
  await from.say(to.name, text);
  await world.until(async () => (await to.heard(from.name)).includes(text), text);
}

describe("the list of conversations", () => {
  test.each([
    ["ahead by a year", 365 * DAY],
    ["behind by a year", -365 * DAY],
    ["ahead by two hours", 7_200_000],
  ])("is led by what came last, also when the clock was %s before", async (_, by) => {
    const { world, ana, bo, cy } = await circle();
    const right = world.clock.now();
    world.clock.set(right + by);
    await says(world, bo, ana, "by a wrong clock");
    world.clock.set(right + 60_000);
    await says(world, cy, ana, "today");
    expect(await listOf(ana)).toEqual(["Cy: today", "Bo: by a wrong clock"]);
    await says(world, bo, ana, "today too");
    await ana.restart();
    expect(await listOf(ana)).toEqual(["Bo: today too", "Cy: today"]);
  });

  test("shows the last message, and stays in its order, after a conversation was set up again by itself", async () => {
    const { world, ana, bo, cy } = await circle();
    await says(world, bo, ana, "before");
    await says(world, cy, ana, "later");
    await world.clock.advance(60_000);
    world.store.replace();
    const isSetUpAgain = async (with_: string): Promise<boolean> =>
      (await ana.messages(with_)).at(-1)?.body.kind === "rejoined";
    await world.until(async () => (await isSetUpAgain("Bo")) && isSetUpAgain("Cy"), "both are set up again", DAY);
    expect(await listOf(ana)).toEqual(["Cy: later", "Bo: before"]);
  });

  test("shows the last message of a group too that was set up again by itself", async () => {
    const { world, ana, bo, cy } = await circle();
    await foundGroup(world, [ana, bo, cy], "Choir");
    await write(ana, "in the group");
    await heard(world, [ana, bo, cy], ["in the group"]);
    await says(world, bo, ana, "later");
    await world.clock.advance(60_000);
    world.store.replace();
    await world.clock.advance(10 * 60_000);
    await agreed(world, [ana, bo, cy]);
    for (const person of [ana, bo, cy]) expect(await listOf(person)).toContain("Choir: in the group");
    expect((await listOf(ana))[0]).toBe("Bo: later");
  });

  test("is led by nobody who does no more than take another name", async () => {
    const { world, ana, bo, cy } = await circle();
    await says(world, bo, ana, "before");
    await says(world, cy, ana, "later");
    await bo.engine.renameProfile({ name: "Bob" });
    await world.until(async () => (await listOf(ana)).some((line) => line.startsWith("Bob:")), "the new name");
    expect(await listOf(ana)).toEqual(["Cy: later", "Bob: before"]);
  });

  test("keeps its order when the last message is deleted, and is led by a group that one has just been put into", async () => {
    const { world, ana, bo, cy } = await circle();
    await says(world, bo, ana, "before");
    await says(world, cy, ana, "later");
    for (const { id, body } of await ana.messages("Cy"))
      if (body.kind === "text") await ana.engine.forgetMessage({ message: id });
    expect(await listOf(ana)).toEqual(["Cy: (paired)", "Bo: before"]);
    await bo.engine.createGroup({ name: "Choir", contacts: [await contactId(bo, "Ana")] });
    await agreed(world, [ana, bo]);
    expect((await listOf(ana))[0]).toBe("Choir: (change)");
  });
});
