import { createGroupEngine } from "@pli/protocol/conversation";
import { createContent, encodeContent, messageIdFrom, parseContent, type Body } from "@pli/protocol/content";
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import type { MessageView } from "@pli/engine/api";
import { linkDevice, settleIn } from "./support/devices.ts";
import { acquaint, allBytes, closeAll, friends, rowsOf } from "./support/friends.ts";
import { contactId, foundGroup, memberId, mustBeIn, write } from "./support/groups.ts";

type Lie = { readonly body: Body; readonly sentAt?: number } | { readonly content: Uint8Array };

/** Somebody whose device says something else than its engine wants. */
async function liar(world: World, name: string): Promise<{ person: Person; say(to: string, lie: Lie): Promise<void> }> {
  const crypto = await createCrypto();
  const real = createGroupEngine(crypto);
  const lies: Lie[] = [];
  const lied = (content: Uint8Array): Uint8Array => {
    const parsed = parseContent(content);
    if (!parsed.ok || parsed.value.body.kind !== "text" || parsed.value.body.text !== "lie") return content;
    const lie = lies.shift();
    if (lie === undefined) return content;
    if ("content" in lie) return lie.content;
    return encodeContent(createContent(crypto, lie.sentAt ?? parsed.value.sentAt, lie.body));
  };
  const groups = {
    ...real,
    encrypt: (...[state, content, aad]: Parameters<typeof real.encrypt>) => real.encrypt(state, lied(content), aad),
  };
  const person = await world.person(name, {}, { groups });
  const say = async (to: string, lie: Lie): Promise<void> => {
    lies.push(lie);
    await person.say(to, "lie");
  };
  return { person, say };
}

const idOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const sayings = (messages: readonly MessageView[]) =>
  messages.flatMap(({ id, body, edited, reactions = [] }) =>
    body.kind === "text" || body.kind === "deleted"
      ? [
          {
            id,
            body,
            edited: edited !== undefined,
            reactions: reactions.map(({ emoji, people }) => [emoji, people.map((one) => one.id).toSorted()]),
          },
        ]
      : [],
  );

async function find(person: Person, other: string, text: string): Promise<MessageView> {
  const found = (await person.messages(other)).find(({ body }) => body.kind === "text" && body.text === text);
  if (found === undefined) throw new Error(`${person.name} has no ${text}`);
  return found;
}

/** Alice and Mallory, who is not honest, are contacts. */
async function contacts() {
  const world = createWorld();
  const alice = await world.person("Alice");
  const mallory = await liar(world, "Mallory");
  await pair(world, alice, mallory.person);
  return { world, alice, mallory };
}

/** What one says to the other, once it has come. */
async function said(world: World, author: Person, reader: Person, text: string): Promise<MessageView> {
  await author.say(reader.name, text);
  await world.until(async () => (await reader.heard(author.name)).includes(text), text);
  return find(author, reader.name, text);
}

/** Alice founds a group with Bob, who is honest, and Mallory, who is not. */
async function circle() {
  const world = createWorld();
  const alice = await world.person("Alice");
  const bob = await world.person("Bob");
  const mallory = await liar(world, "Mallory");
  await acquaint(world, [alice, bob, mallory.person]);
  await foundGroup(world, [alice, bob, mallory.person], "Choir");
  return { world, alice, bob, mallory };
}

test("nobody edits or deletes what somebody else wrote, whatever their device says", async () => {
  const { world, alice, bob, mallory } = await circle();
  await write(alice, "Mine");
  await world.until(async () => (await bob.texts("Choir")).includes("Mine"));
  const { id } = await find(alice, "Choir", "Mine");
  const before = sayings(await bob.messages("Choir"));
  await mallory.say("Choir", { body: { kind: "edit", replaces: idOf(id), text: "Hers" } });
  await mallory.say("Choir", { body: { kind: "deletion", replaces: idOf(id) } });
  await mallory.say("Choir", { body: { kind: "reaction", inReplyTo: idOf(id), emoji: "👎" } });
  await world.until(async () => (await find(bob, "Choir", "Mine")).reactions !== undefined, "the reaction");
  const [mine] = sayings(await bob.messages("Choir"));
  expect(mine).toMatchObject({ ...before[0], reactions: [["👎", [await contactId(bob, "Mallory")]]] });
  expect((await mustBeIn(bob)).state).toBe("ready");
  await closeAll(alice, bob, mallory.person);
});

test("who leads a group deletes what others wrote; another member cannot", async () => {
  const { world, alice, bob, mallory } = await circle();
  await write(bob, "Rude");
  await world.until(async () => (await alice.texts("Choir")).includes("Rude"));
  const { id } = await find(bob, "Choir", "Rude");
  await expect(mallory.person.engine.deleteForEveryone({ message: id })).rejects.toMatchObject({ code: "not_allowed" });
  await alice.engine.deleteForEveryone({ message: id });
  for (const person of [bob, mallory.person])
    await world.until(async () =>
      (await person.messages("Choir")).some((one) => one.id === id && one.body.kind === "deleted"),
    );
  const tombstone = (await bob.messages("Choir")).find((one) => one.id === id);
  expect(tombstone?.body).toEqual({ kind: "deleted", by: { id: await contactId(bob, "Alice"), name: "Alice" } });
  await bob.engine.deleteForEveryone({ message: id }).catch(() => undefined);
  await closeAll(alice, bob, mallory.person);
});

test("what comes before its message waits for it, and no more than a hundred of one author do", async () => {
  const { world, alice, mallory } = await contacts();
  await world.clock.advance(30_000);
  const crypto = await createCrypto();
  const nobody = Array.from({ length: 130 }, (_, i) => crypto.sha256(Uint8Array.of(i)));
  for (const inReplyTo of nobody) await mallory.say("Alice", { body: { kind: "reaction", inReplyTo, emoji: "👍" } });
  await mallory.person.say("Alice", "Over");
  await world.until(async () => (await alice.heard("Mallory")).includes("Over"), "the last one");
  await closeAll(alice, mallory.person);
  const [{ n } = { n: 0 }] = await rowsOf(alice.disk, "SELECT count(*) AS n FROM actions WHERE waits");
  expect(n).toBe(100);
});

test("what was done with a message before it came shows when it comes", async () => {
  const { world, alice, mallory } = await contacts();
  const crypto = await createCrypto();
  const author = await contactId(alice, "Mallory");
  await alice.engine.close();
  const [row] = await rowsOf(alice.disk, "SELECT shared FROM conversations WHERE kind = 'direct'");
  await alice.start(alice.disk);
  const content = encodeContent(createContent(crypto, 1_000, { kind: "text", text: "Late" }));
  const target = messageIdFrom(crypto, content, { sender: idOf(author), conversation: row?.["shared"] as Uint8Array });
  await mallory.say("Alice", { body: { kind: "edit", replaces: target, text: "Late, and better" }, sentAt: 2_000 });
  await mallory.say("Alice", { body: { kind: "reaction", inReplyTo: target, emoji: "👍" } });
  await mallory.say("Alice", { content });
  await world.until(async () => (await alice.heard("Mallory")).length > 0, "the text");
  expect(sayings(await alice.messages("Mallory"))).toEqual([
    {
      id: toHex(target),
      body: { kind: "text", text: "Late, and better" },
      edited: true,
      reactions: [["👍", [author]]],
    },
  ]);
  await closeAll(alice, mallory.person);
});

test("sixty edits and as many reactions leave one reaction and twenty-one versions", async () => {
  const { world, alice, mallory } = await contacts();
  const { id } = await said(world, mallory.person, alice, "First");
  for (let i = 0; i < 60; i++) {
    await mallory.say("Alice", { body: { kind: "edit", replaces: idOf(id), text: `Edit ${i}` }, sentAt: 1_000 + i });
    await mallory.say("Alice", {
      body: { kind: "reaction", inReplyTo: idOf(id), emoji: i % 2 ? "👍" : "👎" },
      sentAt: i,
    });
  }
  await world.until(async () => (await alice.heard("Mallory")).includes("Edit 59"), "the last edit");
  await mallory.say("Alice", { body: { kind: "reaction", inReplyTo: idOf(id), emoji: "🎉" }, sentAt: 0 });
  await mallory.person.say("Alice", "Over");
  await world.until(async () => (await alice.heard("Mallory")).includes("Over"));
  const [first] = sayings(await alice.messages("Mallory"));
  expect(first).toMatchObject({ body: { text: "Edit 59" }, reactions: [["👍", [await contactId(alice, "Mallory")]]] });
  await closeAll(alice, mallory.person);
  const rows = await rowsOf(alice.disk, "SELECT kind, count(*) AS n FROM actions GROUP BY kind ORDER BY kind");
  expect(rows).toEqual([
    { kind: "edit", n: 21 },
    { kind: "reaction", n: 1 },
  ]);
});

test("a clock of 1970 or 2100 does no harm: the later of what an author says of themselves counts", async () => {
  const { world, alice, mallory } = await contacts();
  const { id } = await said(world, alice, mallory.person, "Hello");
  const emoji = async () => (await find(alice, "Mallory", "Hello")).reactions?.map((one) => one.emoji);
  await mallory.say("Alice", { body: { kind: "reaction", inReplyTo: idOf(id), emoji: "👍" }, sentAt: 0 });
  await world.until(async () => (await emoji())?.[0] === "👍", "1970");
  await mallory.say("Alice", {
    body: { kind: "reaction", inReplyTo: idOf(id), emoji: "🎉" },
    sentAt: 4_102_444_800_000,
  });
  await world.until(async () => (await emoji())?.[0] === "🎉", "2100");
  await mallory.person.engine.react({ message: id, emoji: "❤️" });
  await mallory.person.say("Alice", "Over");
  await world.until(async () => (await alice.heard("Mallory")).includes("Over"));
  expect(await emoji()).toEqual(["🎉"]);
  await closeAll(alice, mallory.person);
});

test("a deletion is for good, whatever comes after it or comes again", async () => {
  const { world, alice, mallory } = await contacts();
  const { id } = await said(world, mallory.person, alice, "First");
  await mallory.say("Alice", { body: { kind: "deletion", replaces: idOf(id) }, sentAt: 1 });
  await mallory.say("Alice", { body: { kind: "edit", replaces: idOf(id), text: "Back" } });
  await mallory.say("Alice", { body: { kind: "reaction", inReplyTo: idOf(id), emoji: "👍" } });
  await mallory.person.say("Alice", "Over");
  await world.until(async () => (await alice.heard("Mallory")).includes("Over"));
  expect(sayings(await alice.messages("Mallory"))[0]).toEqual({
    id,
    body: { kind: "deleted" },
    edited: false,
    reactions: [],
  });
  await closeAll(alice, mallory.person);
  expect(await rowsOf(alice.disk, "SELECT kind FROM actions")).toEqual([{ kind: "deletion" }]);
});

test("nothing that a blocked contact does with messages has an effect, then or later", async () => {
  const { world, alice, bob } = await friends();
  const { id } = await said(world, alice, bob, "Hello");
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.block({ contact, blocked: true });
  await bob.engine.react({ message: id, emoji: "👍" });
  await world.clock.advance(60_000);
  await alice.engine.block({ contact, blocked: false });
  await bob.say("Alice", "Over");
  await world.until(async () => (await alice.heard("Bob")).includes("Over"));
  expect((await find(alice, "Bob", "Hello")).reactions).toBeUndefined();
  await closeAll(alice, bob);
});

test("what is erased here waits for nothing: a later edit of it leaves no byte", async () => {
  const { world, alice, bob } = await friends();
  const { id } = await said(world, alice, bob, "Hello");
  await bob.engine.forgetMessage({ message: id });
  await alice.engine.editText({ message: id, text: "Something else" });
  await alice.say("Bob", "Over");
  await world.until(async () => (await bob.heard("Alice")).includes("Over"));
  await closeAll(alice, bob);
  expect(await rowsOf(bob.disk, "SELECT kind, value FROM actions")).toEqual([{ kind: "gone", value: "" }]);
});

test("two devices of one person edit at once: all devices of both show the same, and each may edit", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await alice.say("Bob", "First");
  for (const [person, other] of [
    [phone, "Bob"],
    [bob, "Alice"],
  ] as const)
    await world.until(async () => (await person.texts(other)).includes("First"));
  const { id } = await find(alice, "Bob", "First");
  await Promise.all([
    alice.engine.editText({ message: id, text: "By the desk" }),
    phone.engine.editText({ message: id, text: "By the phone" }),
  ]);
  await phone.engine.star({ message: id, on: true });
  const texts = async () => Promise.all([alice.texts("Bob"), phone.texts("Bob"), bob.texts("Alice")]);
  await world.clock.advance(60_000);
  await world.until(async () => new Set((await texts()).map(String)).size === 1, "the same on all");
  for (const [person, other] of [
    [alice, "Bob"],
    [phone, "Bob"],
    [bob, "Alice"],
  ] as const) {
    const { id: conversation } = await person.conversationWith(other);
    expect(await person.read("versions", { conversation, message: id })).toHaveLength(3);
  }
  await world.until(async () => (await alice.messages("Bob")).some(({ starred }) => starred), "the star on the desk");
  await bob.engine.react({ message: id, emoji: "👍" });
  await world.until(async () => (await phone.messages("Bob")).some(({ reactions }) => reactions !== undefined));
  await closeAll(alice, bob, phone);
});

test("a new device gets answers, versions, reactions, tombstones and stars of before", async () => {
  const { world, alice, bob } = await friends();
  for (const text of ["One", "Two", "Three"]) await alice.say("Bob", text);
  await world.until(async () => (await bob.heard("Alice")).length === 3);
  const [one, two, three] = [
    await find(alice, "Bob", "One"),
    await find(alice, "Bob", "Two"),
    await find(alice, "Bob", "Three"),
  ];
  await alice.engine.editText({ message: one.id, text: "One more" });
  await alice.engine.deleteForEveryone({ message: two.id });
  await bob.engine.react({ message: three.id, emoji: "👍" });
  await alice.engine.star({ message: three.id, on: true });
  await alice.engine.sendText({ conversation: three.conversation, text: "Four", replyTo: three.id });
  await world.until(async () => (await alice.messages("Bob")).some(({ reactions }) => reactions !== undefined));
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const shape = async (person: Person) =>
    (await person.messages("Bob"))
      .map(({ body, starred, edited, replyTo, reactions }) => ({
        body,
        starred,
        edited: edited !== undefined,
        answers: replyTo?.text,
        reactions,
      }))
      .filter(({ body }) => body.kind === "text" || body.kind === "deleted");
  await world.until(
    async () => (await shape(phone)).length === 4 && (await phone.read("starred", { limit: 1 })).length > 0,
    "the past",
  );
  expect(await shape(phone)).toEqual(await shape(alice));
  const { id: conversation } = await phone.conversationWith("Bob");
  expect((await phone.read("versions", { conversation, message: one.id })).map(({ text }) => text)).toEqual([
    "One",
    "One more",
  ]);
  await closeAll(alice, bob, phone);
});

test("a newcomer gets earlier texts as they say now, and none that was deleted", async () => {
  const world = createWorld();
  const [alice, bob, carol] = [await world.person("Alice"), await world.person("Bob"), await world.person("Carol")];
  await acquaint(world, [alice, bob, carol]);
  await foundGroup(world, [alice, bob], "Choir");
  const group = await mustBeIn(alice);
  await alice.engine.changeGroup({ conversation: group.id, newcomersRead: "week" });
  await write(bob, "One");
  await write(bob, "Two");
  await world.until(async () => (await alice.texts("Choir")).length === 2);
  await bob.engine.editText({ message: (await find(bob, "Choir", "One")).id, text: "Another" });
  await bob.engine.deleteForEveryone({ message: (await find(bob, "Choir", "Two")).id });
  await world.until(async () => (await alice.texts("Choir")).join() === "Another");
  await alice.engine.addToGroup({ conversation: group.id, contacts: [await contactId(alice, "Carol")] });
  await world.until(async () => (await carol.read("conversations", {})).some(({ name }) => name === "Choir"));
  await world.until(async () => (await carol.texts("Choir")).length > 0, "the texts");
  expect(await carol.texts("Choir")).toEqual(["Another"]);
  expect(await memberId(carol, "Bob")).toBe(toHex(idOf(await contactId(carol, "Bob"))));
  await closeAll(alice, bob, carol);
});

test("in the store a text, an answer, an edit, a reaction, its withdrawal and a deletion are one cell each", async () => {
  const { world, alice, bob } = await friends({ receiptSlots: { every: 86_400_000, window: 1_000, decoys: false } });
  const { id, conversation } = await said(world, alice, bob, "First");
  const { cells } = world.store.table;
  const deeds: readonly (() => Promise<unknown>)[] = [
    () => alice.say("Bob", "Second"),
    () => alice.engine.sendText({ conversation, text: "Third", replyTo: id }),
    () => alice.engine.editText({ message: id, text: "First of all" }),
    () => alice.engine.react({ message: id, emoji: "👍" }),
    () => alice.engine.react({ message: id }),
    () => alice.engine.deleteForEveryone({ message: id }),
  ];
  await world.clock.advance(5_000);
  const written: number[] = [];
  for (const deed of deeds) {
    const before = cells.size;
    await deed();
    await world.until(async () => cells.size > before, "a cell");
    await world.clock.advance(5_000);
    written.push(cells.size - before);
  }
  expect(written).toEqual(deeds.map(() => 1));
  expect(new Set(Array.from(cells.values(), (cell) => cell.length))).toEqual(new Set([4_096]));
  await closeAll(alice, bob);
});

test("what was done with a text that disappears goes with it, and so does what comes later", async () => {
  const { world, alice, bob, mallory } = await circle();
  const people = [alice, bob, mallory.person];
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, timer: 3_600 });
  await world.until(async () => (await Promise.all(people.map(mustBeIn))).every(({ timer }) => timer === 3_600));
  await write(bob, "Burn this");
  await world.until(async () => (await alice.texts("Choir")).includes("Burn this"));
  const { id } = await find(bob, "Choir", "Burn this");
  await bob.engine.editText({ message: id, text: "Burn this secret" });
  await alice.engine.react({ message: id, emoji: "🔥" });
  for (const person of people)
    await world.until(async () => (await find(person, "Choir", "Burn this secret")).reactions !== undefined);
  await world.clock.advance(2 * 3_600_000);
  for (const person of people) await world.until(async () => (await person.texts("Choir")).length === 0, "the end");
  await mallory.say("Choir", { body: { kind: "reaction", inReplyTo: idOf(id), emoji: "👍" } });
  await write(bob, "Over");
  await world.until(async () => (await alice.texts("Choir")).includes("Over"));
  await closeAll(...people);
  for (const { disk } of people) {
    const bytes = Buffer.from(await allBytes(disk)).toString("latin1");
    expect(bytes).not.toContain("Burn this");
  }
  expect(await rowsOf(alice.disk, "SELECT kind, value FROM actions WHERE kind <> 'gone'")).toEqual([]);
});
