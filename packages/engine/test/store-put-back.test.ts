import { createWorld, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { acquaint, friends, heardAll } from "./support/friends.ts";
import {
  changesIn,
  contactId,
  foundGroup,
  groupOf,
  heard,
  memberId,
  mustBeIn,
  textsIn,
  write,
} from "./support/groups.ts";
import { oneView, rewrite } from "./support/one-view.ts";

interface Three {
  readonly world: World;
  readonly people: readonly [Person, Person, Person];
}

/** Alice, Bob and Carol, who know each other. */
async function three(): Promise<Three> {
  const world = createWorld();
  const people = [await world.person("Alice"), await world.person("Bob"), await world.person("Carol")] as const;
  await acquaint(world, people);
  return { world, people };
}

/** The same in a group that has had some life. */
async function trio(): Promise<Three> {
  const { world, people } = await three();
  await foundGroup(world, people, "Trio");
  for (const one of people) await write(one, `${one.name} first`);
  await heard(
    world,
    people,
    people.map(({ name }) => `${name} first`),
  );
  await world.clock.advance(150_000);
  return { world, people };
}

describe("a store that is put back to an earlier state", () => {
  test.each(["says so, by another id", "says nothing"])(
    "and %s: the group stays one, and nothing is lost",
    async (how) => {
      const { world, people } = await trio();
      const [alice] = people;
      const copy = world.store.table.copy();
      for (const one of people) await write(one, `${one.name} lost`);
      await heard(
        world,
        people,
        people.map(({ name }) => `${name} lost`),
      );
      await alice.engine.renewGroupKeys({ conversation: (await mustBeIn(alice)).id });
      await world.clock.advance(30_000);
      if (how === "says nothing") world.store.rollBack(copy);
      else world.store.restore(copy);
      await oneView(
        world,
        people,
        people,
        people.map(({ name }) => `${name} lost`),
      );
      for (const one of people) {
        expect((await groupOf(one))?.state).toBe("ready");
        expect((await changesIn(one)).map(({ what }) => what)).not.toContain("removed");
      }
    },
  );

  test("while somebody was away who had not read what is gone: they come back to the group by themselves", async () => {
    const { world, people } = await trio();
    const [alice, bob, carol] = people;
    await carol.engine.close();
    await write(alice, "gone from the store");
    await heard(world, [alice, bob], ["gone from the store"]);
    await bob.engine.renewGroupKeys({ conversation: (await mustBeIn(bob)).id });
    await world.clock.advance(60_000);
    world.store.replace();
    await world.clock.advance(60_000);
    await carol.start(carol.disk);
    await oneView(world, people, people, ["gone from the store"]);
  });
});

test("what is said again when the store lost it is not said to those who came later, not by somebody who came back with them", async () => {
  const { world, people } = await three();
  const [alice, bob, carol] = people;
  await foundGroup(world, [alice, bob], "Duo");
  await write(bob, "before Carol");
  await heard(world, [alice, bob], ["before Carol"]);
  const conversation = (await mustBeIn(alice)).id;
  await alice.engine.removeFromGroup({ conversation, members: [await memberId(alice, "Bob")] });
  await world.until(async () => (await groupOf(bob))?.state === "left", "Bob is out");
  const contacts = [await contactId(alice, "Bob"), await contactId(alice, "Carol")];
  await alice.engine.addToGroup({ conversation, contacts });
  await world.until(async () => (await groupOf(bob))?.state === "ready", "Bob is in again");
  await world.clock.advance(150_000);
  world.store.replace();
  await write(bob, "after the loss");
  await oneView(world, people, people, ["after the loss"]);
  await world.clock.advance(120_000);
  expect(await textsIn(carol)).not.toContain("before Carol");
});

test("a change that the feed never showed: told of the newer epoch, a device asks for it, and follows", async () => {
  const { world, people } = await trio();
  const [alice, , carol] = people;
  await carol.engine.close();
  await alice.engine.renewGroupKeys({ conversation: (await mustBeIn(alice)).id });
  await world.clock.advance(5_000);
  await rewrite(carol, "UPDATE positions SET position = ?, before_tag = NULL", [world.store.next()]);
  await world.clock.advance(150_000);
  await oneView(world, people, people);
  expect((await groupOf(carol))?.state).toBe("ready");
});

test("a conversation that was blocked when the store lost all is one again when the block is taken back", async () => {
  const { world, alice, bob } = await friends();
  await alice.say("Bob", "before");
  await heardAll({ world, alice, bob }, 1, 0);
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.block({ contact, blocked: true });
  world.store.replace();
  await world.clock.advance(60_000);
  await alice.engine.block({ contact, blocked: false });
  await bob.say("Alice", "after");
  await alice.say("Bob", "after too");
  await world.until(
    async () => (await alice.heard("Bob")).includes("after") && (await bob.heard("Alice")).includes("after too"),
  );
});
