/**
 * A device that the recovery words made is one of its person's devices, beside those that still run
 * (docs/protocol.md, section 7.6).
 */
import { copyDisk, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, rowsOf } from "./support/friends.ts";
import { groupOf, textsIn, write } from "./support/groups.ts";
import { circle, empty, everythingIsBack } from "./support/recovery.ts";

/** What each says reaches all, and both devices of Alice have one transcript. */
async function oneTranscript(world: World, own: readonly Person[], others: readonly Person[], tag: string) {
  const [bob, carol] = others;
  const said = own.map((_, i) => `from ${i} ${tag}`);
  for (const [i, one] of own.entries()) await one.say("Bob", said[i] ?? "");
  await bob?.say("Alice", `to all ${tag}`);
  if (carol !== undefined) await write(carol, `to the club ${tag}`);
  await world.until(
    async () => {
      for (const one of own) {
        const texts = await one.texts("Bob");
        if (![...said, `to all ${tag}`].every((text) => texts.includes(text))) return false;
        if (!(await textsIn(one)).includes(`to the club ${tag}`)) return false;
      }
      return true;
    },
    `one transcript ${tag}`,
    900_000,
  );
}

test("a device restored while another one runs is a second device, and neither takes the other's place", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await world.clock.advance(4_000_000);
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, again);
  await oneTranscript(world, [alice, again], [bob, carol], "at first");
  for (const one of [alice, again]) expect(await one.read("devices", {})).toHaveLength(2);
  await world.clock.advance(3_600_000);
  await oneTranscript(world, [alice, again], [bob, carol], "an hour later");
  const notes = (await bob.messages("Alice")).map(({ body }) => body.kind).filter((kind) => kind !== "text");
  expect(notes).toEqual(["paired", "devices"]);
  expect((await bob.read("contacts", {})).find(({ name }) => name === "Alice")?.devices).toBe(2);
  expect((await groupOf(alice))?.state).toBe("ready");
  await closeAll(alice, again, bob, carol);
});

test("a device restored while another one runs gets what was said before, below what is new, and no news", async () => {
  const { world, alice, bob, carol, words } = await circle();
  for (const i of [1, 2, 3]) {
    await alice.say("Bob", `before ${i}`);
    await world.clock.advance(1_000);
    await bob.say("Alice", `answer ${i}`);
    await world.clock.advance(1_000);
  }
  await write(carol, "to the club before");
  await world.clock.advance(4_000_000);
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, again);
  await bob.say("Alice", "after");
  const all = ["before 1", "answer 1", "before 2", "answer 2", "before 3", "answer 3", "after"];
  await world.until(async () => (await again.texts("Bob")).length === all.length, "what was said", 900_000);
  expect(await again.texts("Bob")).toEqual(await alice.texts("Bob"));
  expect((await again.texts("Bob")).toSorted()).toEqual(all.toSorted());
  expect((await again.texts("Bob")).at(-1)).toBe("after");
  await world.until(async () => (await textsIn(again)).includes("to the club before"), "the group's", 900_000);
  await closeAll(alice, again, bob, carol);
});

test("a device that was off while another was restored comes back beside it", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await alice.engine.close();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, again);
  await world.clock.advance(3_600_000);
  await alice.start(alice.disk);
  await world.until(async () => (await again.read("devices", {})).length === 2, "both listed", 900_000);
  await world.until(async () => (await groupOf(alice))?.state === "ready", "the group", 900_000);
  await world.until(async () => (await alice.conversationWith("Bob")).state === "ready", "Bob", 900_000);
  await oneTranscript(world, [alice, again], [bob, carol], "since");
  for (const one of [alice, again]) expect(await one.read("devices", {})).toHaveLength(2);
  await closeAll(alice, again, bob, carol);
});

test("two devices restored at once from one backup have two ids, and both come in", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await alice.engine.close();
  const both = [await empty(world), await empty(world)] as const;
  await Promise.all(both.map((one) => one.engine.restoreRecovery({ words, stolen: false })));
  await world.until(
    async () => (await both[0].read("devices", {})).length === 2 && (await both[1].read("devices", {})).length === 2,
    "both listed",
    900_000,
  );
  for (const one of both) await everythingIsBack(world, one);
  await world.clock.advance(1_800_000);
  await oneTranscript(world, both, [bob, carol], "of two");
  await closeAll(...both, bob, carol);
});

test("a restore that stops at any moment is the same device afterwards, and comes in", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const again = await empty(world);
  again.power.cutAfter(3);
  void again.engine.restoreRecovery({ words, stolen: false }).catch(() => undefined);
  await world.until(async () => again.power.isCut, "the cut");
  await again.start(again.power.after);
  if ((await again.read("status", {})).profile === undefined)
    await again.engine.restoreRecovery({ words, stolen: false });
  const idOf = async () => (await again.read("devices", {})).find(({ isThis }) => isThis)?.id;
  const before = await idOf();
  for (let i = 0; i < 6; i++) {
    await world.clock.advance(150);
    await (i % 2 === 0 ? again : alice).restart();
  }
  await everythingIsBack(world, again);
  expect(await idOf()).toBe(before);
  await world.until(async () => (await alice.read("devices", {})).length === 2, "both listed", 900_000);
  await oneTranscript(world, [alice, again], [bob, carol], "after the stops");
  await closeAll(alice, again, bob, carol);
});

test("a removed device that reads the request and answers first is not let in, and cannot ask like it", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  await tablet.engine.close();
  const thief = await world.person("Thief", { backups: "never" }, { disk: copyDisk(tablet.disk) });
  await thief.engine.close();
  await alice.engine.removeDevice({ device: (await deviceNamed(alice, "Tablet")).id });
  // The backup of the next day knows of the removal.
  const { backedUpAt = 0 } = await alice.read("recovery", {});
  await world.until(
    async () => ((await alice.read("recovery", {})).backedUpAt ?? 0) > backedUpAt,
    "the next backup",
    3 * 86_400_000,
  );
  await alice.engine.close();
  // It is on line alone, and has the keys of the generation: it hears the request.
  await rowsOf(thief.disk, "UPDATE conversations SET state = 'rejoining' WHERE kind = 'self'");
  await thief.start(thief.disk);
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, again);
  await world.clock.advance(3_600_000);
  expect(await again.read("devices", {})).toHaveLength(1);
  await bob.say("Alice", "not for the thief");
  await world.clock.advance(600_000);
  expect(await again.texts("Bob")).toContain("not for the thief");
  expect(await thief.texts("Bob")).not.toContain("not for the thief");
  await closeAll(thief, again, bob, carol);
});

test("a restore after a theft puts the older devices out, and they do not hear what is said after it", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await everythingIsBack(world, again);
  await world.clock.advance(1_800_000);
  await bob.say("Alice", "by later keys");
  await world.until(async () => (await again.texts("Bob")).includes("by later keys"), "a text");
  expect(await alice.texts("Bob")).not.toContain("by later keys");
  expect(await again.read("devices", {})).toHaveLength(1);
  expect(await alice.read("devices", {})).toHaveLength(1);
  await closeAll(alice, again, bob, carol);
});
