import { EVERYTHING, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends, rowsOf } from "./support/friends.ts";

async function twoDevices() {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  return { world, alice, bob, phone };
}

async function erase(person: Person, text: string): Promise<void> {
  const found = (await person.messages("Bob")).find(({ body }) => body.kind === "text" && body.text === text);
  await person.engine.forgetMessage({ message: found?.id ?? "" });
}

const show = (world: World, people: readonly Person[], other: string, count: number) =>
  world.until(async () => {
    for (const person of people) if ((await person.texts(other)).length !== count) return false;
    return true;
  }, `${count} texts`);

test("a message that is erased on one device is erased on the others, one's own and those of others", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await bob.say("Alice", "theirs");
  await alice.say("Bob", "mine");
  await bob.say("Alice", "stays");
  await show(world, [alice, phone], "Bob", 3);
  await erase(phone, "theirs");
  await erase(phone, "mine");
  await show(world, [alice, phone], "Bob", 1);
  expect(await alice.texts("Bob")).toEqual(["stays"]);
  expect(await rowsOf(alice.disk, "SELECT 1 FROM messages_text WHERE messages_text MATCH 'theirs'")).toEqual([]);
  expect((await bob.texts("Alice")).toSorted()).toEqual(["mine", "stays", "theirs"]);
  await closeAll(alice, bob, phone);
});

test("what was erased before it came to another device does not come there", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await phone.engine.close();
  await bob.say("Alice", "theirs");
  await bob.say("Alice", "stays");
  await show(world, [alice], "Bob", 2);
  await erase(alice, "theirs");
  await world.clock.advance(5_000);
  await phone.start(phone.disk);
  await show(world, [phone], "Bob", 1);
  await world.clock.advance(60_000);
  expect(await phone.texts("Bob")).toEqual(["stays"]);
  await closeAll(alice, bob, phone);
});

test("what is erased with a contact who is blocked is erased on all devices", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  for (let i = 0; i < 5; i++) await bob.say("Alice", `number ${i}`);
  await show(world, [alice, phone], "Bob", 5);
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.block({ contact, blocked: true, erase: true });
  await show(world, [alice, phone], "Bob", 0);
  await world.until(async () => (await phone.conversationWith("Bob")).blocked, "the block");
  await closeAll(alice, bob, phone);
});

test("what has not left is taken back here, and no other device hears of it", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await world.clock.advance(60_000);
  world.store.takeDown();
  await alice.say("Bob", "never mind");
  await erase(alice, "never mind");
  world.store.bringUp();
  await world.clock.advance(60_000);
  expect(await alice.texts("Bob")).toEqual([]);
  expect(await bob.texts("Alice")).toEqual([]);
  expect(await rowsOf(phone.disk, "SELECT 1 FROM erased")).toEqual([]);
  await closeAll(alice, bob, phone);
});

test("what is unread on one device is so on the others, and read on one it is no news on any", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  const unread = async () => [
    (await alice.conversationWith("Bob")).unread,
    (await phone.conversationWith("Bob")).unread,
  ];
  await alice.engine.markRead({ conversation: (await alice.conversationWith("Bob")).id, upTo: EVERYTHING });
  await bob.say("Alice", "one");
  await bob.say("Alice", "two");
  await world.until(async () => (await unread()).every((count) => count === 2), "two unread on both");
  const seen: number[] = [];
  const stop = phone.engine.watch("conversations", {}, (all) => void seen.push(all[0]?.unread ?? -1));
  await alice.engine.markRead({ conversation: (await alice.conversationWith("Bob")).id, upTo: EVERYTHING });
  await world.until(async () => seen.at(-1) === 0, "nothing unread on the other, without being asked");
  stop();
  expect(await unread()).toEqual([0, 0]);
  await closeAll(alice, bob, phone);
});
