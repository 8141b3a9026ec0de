import { expect, test } from "vitest";
import type { MessageView } from "@pli/engine/api";
import type { Person } from "@pli/testkit";
import { allBytes, closeAll, friends, rowsOf, type Friends } from "./support/friends.ts";

const FAMILY = "👨‍👩‍👧‍👦";

async function said({ world, alice, bob }: Friends, text: string): Promise<MessageView> {
  await alice.say("Bob", text);
  await world.until(async () => (await bob.heard("Alice")).includes(text), text);
  return find(alice, "Bob", text);
}

async function find(person: Person, other: string, text: string): Promise<MessageView> {
  const found = (await person.messages(other)).find(({ body }) => body.kind === "text" && body.text === text);
  if (found === undefined) throw new Error(`${person.name} has no ${text}`);
  return found;
}

const byId = async (person: Person, other: string, id: string): Promise<MessageView | undefined> =>
  (await person.messages(other)).find((message) => message.id === id);

test("an answer names what it answers, for both, and shows when that is gone", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id } = await said(both, "Shall we meet?");
  const { id: conversation } = await bob.conversationWith("Alice");
  await bob.engine.sendText({ conversation, text: "Yes.", replyTo: id });
  await world.until(async () => (await alice.heard("Bob")).length > 0, "the answer");
  const quote = {
    message: id,
    state: "here",
    text: "Shall we meet?",
    order: expect.any(Number),
    from: expect.any(String),
  };
  expect((await find(alice, "Bob", "Yes.")).replyTo).toEqual({ ...quote, mine: true, fromName: "Alice" });
  expect((await find(bob, "Alice", "Yes.")).replyTo).toEqual({ ...quote, mine: false, fromName: "Alice" });
  await bob.engine.forgetMessage({ message: id });
  expect((await find(bob, "Alice", "Yes.")).replyTo).toEqual({ message: id, state: "missing" });
  await alice.engine.deleteForEveryone({ message: id });
  expect((await find(alice, "Bob", "Yes.")).replyTo).toMatchObject({ message: id, state: "deleted" });
  await expect(bob.engine.sendText({ conversation, text: "?", replyTo: "00".repeat(32) })).rejects.toMatchObject({
    code: "message_unknown",
  });
  await closeAll(alice, bob);
});

test("a text says something else, what it said before can be read, and search finds what it says now", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id, sentAt, conversation } = await said(both, "Meet at nine");
  await alice.engine.editText({ message: id, text: "Meet at ten" });
  await world.until(async () => (await bob.heard("Alice")).includes("Meet at ten"), "the edit");
  await alice.engine.editText({ message: id, text: "Meet at noon" });
  await world.until(async () => (await bob.heard("Alice")).includes("Meet at noon"), "the edit");
  for (const [person, other] of [
    [alice, "Bob"],
    [bob, "Alice"],
  ] as const) {
    const view = await byId(person, other, id);
    expect(view).toMatchObject({ body: { kind: "text", text: "Meet at noon" }, sentAt, edited: expect.any(Number) });
    const { id: there } = await person.conversationWith(other);
    const versions = await person.read("versions", { conversation: there, message: id });
    expect(versions.map(({ text }) => text)).toEqual(["Meet at nine", "Meet at ten", "Meet at noon"]);
    expect(versions[0]?.at).toBe(sentAt);
    expect(await person.engine.search({ text: "nine", limit: 5 })).toEqual([]);
    expect(await person.engine.search({ text: "noon", limit: 5 })).toHaveLength(1);
  }
  expect((await bob.conversationWith("Alice")).unread).toBe(1);
  await expect(bob.engine.editText({ message: id, text: "x" })).rejects.toMatchObject({ code: "not_allowed" });
  await expect(alice.engine.editText({ message: id, text: " " })).rejects.toMatchObject({ code: "message_empty" });
  await expect(alice.engine.editText({ message: "00", text: "x" })).rejects.toMatchObject({ code: "message_unknown" });
  expect(conversation).toBe((await alice.conversationWith("Bob")).id);
  await closeAll(alice, bob);
});

test("one emoji of each person stands at a message, changes and goes, and is no unread message", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id } = await said(both, "I did it");
  const at = async (person: Person, other: string) =>
    ((await byId(person, other, id))?.reactions ?? []).map(
      ({ emoji, people }) => [emoji, people.map(({ name }) => name)] as const,
    );
  await bob.engine.react({ message: id, emoji: "❤" });
  await world.until(async () => (await at(alice, "Bob")).length > 0, "the heart");
  await world.clock.advance(1_000);
  await alice.engine.react({ message: id, emoji: "❤️" });
  await world.until(async () => (await at(bob, "Alice"))[0]?.[1]?.length === 2, "the other heart");
  expect(await at(bob, "Alice")).toEqual([["❤️", ["Bob", "Alice"]]]);
  await bob.engine.react({ message: id, emoji: FAMILY });
  await world.until(async () => (await at(alice, "Bob")).length === 2, "the other emoji");
  expect(new Map(await at(alice, "Bob"))).toEqual(
    new Map([
      ["❤️", ["Alice"]],
      [FAMILY, ["Bob"]],
    ]),
  );
  await bob.engine.react({ message: id });
  await world.until(async () => (await at(alice, "Bob")).length === 1, "that it is gone");
  expect((await bob.conversationWith("Alice")).unread).toBe(1);
  expect((await alice.conversationWith("Bob")).unread).toBe(0);
  expect((await alice.conversationWith("Bob")).last?.id).toBe(id);
  for (const emoji of ["", "a", "👍👍", "1", "e\u0301\u0301", "\u202e", "\u{e0041}", "👍".repeat(100)])
    await expect(bob.engine.react({ message: id, emoji })).rejects.toMatchObject({ code: "emoji_malformed" });
  await alice.restart();
  expect(await at(alice, "Bob")).toEqual([["❤️", ["Alice"]]]);
  await closeAll(alice, bob);
});

test("a deleted message leaves a line with both, and no byte of what any version said", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id } = await said(both, "Zanzibarine one");
  await bob.engine.react({ message: id, emoji: "👍" });
  await alice.engine.editText({ message: id, text: "Zanzibarine two" });
  await world.until(async () => (await bob.heard("Alice")).includes("Zanzibarine two"), "the edit");
  await alice.engine.deleteForEveryone({ message: id });
  await world.until(async () => (await byId(bob, "Alice", id))?.body.kind === "deleted", "the deletion");
  const left = await byId(bob, "Alice", id);
  expect(left).toMatchObject({ body: { kind: "deleted" }, fromName: "Alice", id });
  expect(left?.reactions).toBeUndefined();
  expect(left?.edited).toBeUndefined();
  expect((await byId(alice, "Bob", id))?.body).toEqual({ kind: "deleted" });
  expect((await bob.conversationWith("Alice")).unread).toBe(0);
  await expect(alice.engine.editText({ message: id, text: "x" })).rejects.toMatchObject({ code: "message_unknown" });
  await expect(bob.engine.deleteForEveryone({ message: id })).rejects.toMatchObject({ code: "message_unknown" });
  await world.clock.advance(60_000);
  await closeAll(alice, bob);
  for (const { disk } of [alice, bob]) {
    const bytes = (await allBytes(disk)).toString("latin1").toLowerCase();
    expect(bytes).not.toContain("zanzibarine");
    expect(await rowsOf(disk, "SELECT rowid FROM messages_text")).toEqual([]);
  }
});

test("what was never sent is only erased, and a contact deletes nothing of somebody else", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id } = await said(both, "Mine");
  await expect(bob.engine.deleteForEveryone({ message: id })).rejects.toMatchObject({ code: "not_allowed" });
  world.store.takeDown();
  await alice.say("Bob", "Not yet");
  const waiting = await find(alice, "Bob", "Not yet");
  await alice.engine.react({ message: waiting.id, emoji: "👍" });
  await alice.engine.deleteForEveryone({ message: waiting.id });
  expect(await byId(alice, "Bob", waiting.id)).toBeUndefined();
  await closeAll(alice, bob);
  expect(await rowsOf(alice.disk, "SELECT purpose FROM pending_contents")).toEqual([]);
});

test("a star is this person's alone", async () => {
  const both = await friends();
  const { alice, bob } = both;
  const { id } = await said(both, "Remember the milk");
  await bob.engine.star({ message: id, on: true });
  expect((await byId(bob, "Alice", id))?.starred).toBe(true);
  expect((await byId(alice, "Bob", id))?.starred).toBeUndefined();
  expect((await bob.read("starred", { limit: 10 })).map((message) => message.id)).toEqual([id]);
  // A locked conversation shows nothing before it is opened.
  const conversation = (await byId(bob, "Alice", id))?.conversation ?? "";
  await bob.engine.lockConversation({ conversation, locked: true });
  expect(await bob.read("starred", { limit: 10 })).toEqual([]);
  await bob.engine.lockConversation({ conversation, locked: false });
  await bob.engine.star({ message: id, on: false });
  expect(await bob.read("starred", { limit: 10 })).toEqual([]);
  await closeAll(alice, bob);
});

test("an export has answers, versions, reactions, tombstones and stars, and its archive shows them", async () => {
  const both = await friends();
  const { world, alice, bob } = both;
  const { id: first } = await said(both, "One");
  const { id: second, conversation } = await said(both, "Two");
  await alice.engine.editText({ message: first, text: "Uno" });
  await bob.engine.react({ message: first, emoji: "🎉" });
  await alice.engine.star({ message: first, on: true });
  await alice.engine.deleteForEveryone({ message: second });
  await alice.engine.sendText({ conversation, text: "Three", replyTo: first });
  await world.until(async () => (await byId(alice, "Bob", first))?.reactions !== undefined, "the reaction");
  const { header, upTo } = await alice.engine.beginExport();
  const conversations = await alice.engine.exportPage({ of: "conversations", upTo });
  const messages = await alice.engine.exportPage({ of: "messages", conversation, upTo });
  const carol = await world.person("Carol");
  const [place = ""] = conversations.lines;
  await carol.engine.importPage({ file: header, conversation: place, messages: messages.lines, write: true });
  const archive = (await carol.read("conversations", {})).find((one) => one.archive !== undefined);
  const shape = ({ body, edited, starred, replyTo, reactions }: MessageView) => ({
    body,
    edited,
    starred,
    answers: replyTo?.text,
    reactions: reactions?.map(({ emoji, people }) => [emoji, people]),
  });
  const shown = await carol.read("messages", { conversation: archive?.id ?? "", limit: 100 });
  const here = (await alice.messages("Bob")).map(shape);
  expect(shown.messages.map(shape)).toEqual(here);
  const one = shown.messages.find(({ edited }) => edited !== undefined);
  const versions = await carol.read("versions", { conversation: archive?.id ?? "", message: one?.id ?? "" });
  expect(versions.map(({ text }) => text)).toEqual(["One", "Uno"]);
  await expect(carol.engine.react({ message: one?.id ?? "", emoji: "👍" })).rejects.toMatchObject({
    code: "not_in_group",
  });
  await closeAll(alice, bob, carol);
});
