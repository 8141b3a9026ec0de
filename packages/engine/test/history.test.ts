import type { Queries } from "@pli/engine/api";
import { allMessages, pagesAfter } from "@pli/engine/pages";
import { EVERYTHING, openTestDatabase, pair, createWorld, writeLongHistory, type Person } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";

type Page = Queries["messages"]["result"];

/** Somebody with a number of texts in their conversation with Alice, none of them read. */
async function readerOf(count: number): Promise<{ bob: Person; conversation: string; author: string }> {
  const { bob } = await friends();
  const { id: conversation, contact: author } = await bob.conversationWith("Alice");
  await bob.engine.close();
  await writeLongHistory(bob.disk, { conversation, author, count });
  await bob.start(bob.disk);
  return { bob, conversation, author };
}

const textsOf = ({ messages }: Page): string[] =>
  messages.flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
const numbersOf = (page: Page): number[] => textsOf(page).map((text) => Number(text.split(" ")[1]));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("a page of a conversation", () => {
  test("stands at its end, before, after or around a position, and says what is on either side", async () => {
    const { bob, conversation } = await readerOf(500);
    const at = async (position: object, limit = 10): Promise<Page> =>
      bob.read("messages", { conversation, limit, ...position });
    const newest = await at({});
    expect([numbersOf(newest), newest.hasOlder, newest.hasNewer]).toEqual([range(491, 500), true, false]);
    const first = newest.messages[0]?.order ?? 0;
    const order = (number: number): number => first - 491 + number;
    const before = await at({ before: order(491) });
    expect([numbersOf(before), before.hasOlder, before.hasNewer]).toEqual([range(481, 490), true, true]);
    const after = await at({ after: order(100) });
    expect([numbersOf(after), after.hasOlder, after.hasNewer]).toEqual([range(101, 110), true, true]);
    const around = await at({ around: order(250) });
    expect([numbersOf(around), around.hasOlder, around.hasNewer]).toEqual([range(245, 254), true, true]);
    const last = await at({ after: order(495) });
    expect([numbersOf(last), last.hasOlder, last.hasNewer]).toEqual([range(496, 500), true, false]);
    const none = await at({ after: order(500) });
    expect(none).toEqual({ messages: [], hasOlder: true, hasNewer: false });
    expect(await at({ before: 0 })).toEqual({ messages: [], hasOlder: false, hasNewer: true });
  });

  test("around a position near an end is as long as elsewhere, also where no message has that order", async () => {
    const { bob, conversation } = await readerOf(100);
    const at = async (around: number): Promise<Page> => bob.read("messages", { conversation, limit: 20, around });
    const start = await at(0);
    expect([start.messages.length, start.hasOlder, start.hasNewer]).toEqual([20, false, true]);
    const end = await at(EVERYTHING - 1);
    expect([numbersOf(end), end.hasOlder, end.hasNewer]).toEqual([range(81, 100), true, false]);
  });

  test("is bounded, and has one position at most", async () => {
    const { bob, conversation } = await readerOf(1);
    const wrong = { code: "request_malformed" };
    for (const parameters of [
      { limit: 0 },
      { limit: 1_001 },
      { limit: 1.5 },
      { limit: 5, before: 1, after: 1 },
      { limit: 5, around: -1 },
      { limit: 5, before: 0.5 },
      { limit: 5, after: Number.NaN },
    ])
      await expect(bob.read("messages", { conversation, ...parameters })).rejects.toMatchObject(wrong);
  });

  test("watched, it is given again when what stands there changes, and not for what comes elsewhere", async () => {
    const { world, alice, bob } = await friends();
    for (const text of ["1", "2", "3", "4"]) await alice.say("Bob", text);
    await heardAll({ world, alice, bob }, 4, 0);
    const { id: conversation } = await bob.conversationWith("Alice");
    const all = await bob.messages("Alice");
    const given: string[][] = [];
    bob.engine.watch("messages", { conversation, limit: 2, before: all.at(-1)?.order ?? 0 }, (page) => {
      given.push(textsOf(page));
    });
    await world.clock.advance(0);
    await alice.say("Bob", "5");
    await heardAll({ world, alice, bob }, 5, 0);
    await bob.engine.forgetMessage({ message: all.at(-2)?.id ?? "" });
    await world.clock.advance(0);
    expect(given).toEqual([
      ["2", "3"],
      ["1", "2"],
    ]);
  });

  test("page after page reaches all 12,000 messages, each once, from any position on", async () => {
    const { bob, conversation } = await readerOf(12_000);
    const read = (page: Queries["messages"]["parameters"]) => bob.read("messages", page);
    const all = await allMessages(read, conversation);
    expect(numbersOf({ messages: all, hasOlder: false, hasNewer: false })).toEqual(range(1, 12_000));
    const rest: number[] = [];
    const after = all.find(({ body }) => body.kind === "text" && body.text === "text 11750")?.order ?? 0;
    for await (const messages of pagesAfter(read, { conversation, after }))
      rest.push(...numbersOf({ messages: [...messages], hasOlder: false, hasNewer: false }));
    expect(rest).toEqual(range(11_751, 12_000));
  });
});

describe("what is read", () => {
  test("is what was shown and what is before it; what comes later is not, and a mark never goes back", async () => {
    const { world, alice, bob } = await friends();
    for (const text of ["1", "2", "3", "4"]) await alice.say("Bob", text);
    await heardAll({ world, alice, bob }, 4, 0);
    const { id: conversation } = await bob.conversationWith("Alice");
    const orders = (await bob.messages("Alice")).slice(-4).map(({ order }) => order);
    await bob.engine.markRead({ conversation, upTo: orders[1] ?? 0 });
    expect(await bob.conversationWith("Alice")).toMatchObject({ unread: 2, readUpTo: orders[1] });
    await bob.engine.markRead({ conversation, upTo: orders[0] ?? 0 });
    expect(await bob.conversationWith("Alice")).toMatchObject({ unread: 2, readUpTo: orders[1] });
    await world.clock.advance(60_000);
    const states = (await alice.messages("Bob")).filter(({ mine }) => mine).map(({ state }) => state);
    expect(states).toEqual(["read", "read", "delivered", "delivered"]);
  });

  test("is never what has not come yet", async () => {
    const { world, alice, bob } = await friends();
    await alice.say("Bob", "1");
    await heardAll({ world, alice, bob }, 1, 0);
    const { id: conversation } = await bob.conversationWith("Alice");
    await bob.engine.markRead({ conversation, upTo: EVERYTHING });
    await alice.say("Bob", "2");
    await heardAll({ world, alice, bob }, 2, 0);
    expect((await bob.conversationWith("Alice")).unread).toBe(1);
  });

  test("has a position that is one, in a conversation there is", async () => {
    const { bob } = await friends();
    const { id: conversation } = await bob.conversationWith("Alice");
    for (const upTo of [-1, 0.5, Number.NaN, Infinity])
      await expect(bob.engine.markRead({ conversation, upTo })).rejects.toMatchObject({ code: "request_malformed" });
    await expect(bob.engine.markRead({ conversation: "none", upTo: 1 })).rejects.toMatchObject({
      code: "conversation_unknown",
    });
  });
});

describe("the count of what is unread", () => {
  test("is right after what comes, is read, is deleted, and after a restart", async () => {
    const { bob, conversation } = await readerOf(300);
    const unread = async (): Promise<number> => (await bob.conversationWith("Alice")).unread;
    expect(await unread()).toBe(300);
    const { messages } = await bob.read("messages", { conversation, limit: 300 });
    await bob.engine.markRead({ conversation, upTo: messages[99]?.order ?? 0 });
    expect(await unread()).toBe(200);
    await bob.engine.forgetMessage({ message: messages[0]?.id ?? "" });
    expect(await unread()).toBe(200);
    await bob.engine.forgetMessage({ message: messages[299]?.id ?? "" });
    expect(await unread()).toBe(199);
    await bob.say("Alice", "mine");
    expect(await unread()).toBe(199);
    await bob.restart();
    expect(await unread()).toBe(199);
    await bob.engine.markRead({ conversation, upTo: EVERYTHING });
    expect(await unread()).toBe(0);
  });
});

describe("a search", () => {
  test("goes on from its last hit to the oldest, and finds each once", async () => {
    const { bob } = await readerOf(95);
    const found: string[] = [];
    for (let before: number | undefined; ;) {
      const hits = await bob.engine.search({ text: "text", limit: 30, ...(before !== undefined && { before }) });
      for (const { message } of hits) if (message.body.kind === "text") found.push(message.body.text);
      if (hits.length < 30) break;
      before = hits.at(-1)?.message.order;
    }
    expect(found).toEqual(range(1, 95).map((i) => `text ${96 - i}`));
  });

  test("can stay within one conversation", async () => {
    const world = createWorld();
    const [alice, bob, carol] = [await world.person("Alice"), await world.person("Bob"), await world.person("Carol")];
    await pair(world, alice, bob);
    await pair(world, carol, bob);
    await alice.say("Bob", "the key is with Carol");
    await carol.say("Bob", "I have the key");
    await world.until(async () => (await bob.heard("Carol")).length === 1 && (await bob.heard("Alice")).length === 1);
    const { id: conversation } = await bob.conversationWith("Carol");
    const texts = async (more: object): Promise<unknown[]> =>
      (await bob.engine.search({ text: "key", limit: 5, ...more })).map(({ message }) => message.body);
    expect(await texts({})).toHaveLength(2);
    expect(await texts({ conversation })).toEqual([{ kind: "text", text: "I have the key" }]);
    expect(await texts({ conversation: "none" })).toEqual([]);
    for (const before of [-1, 0.5, Number.NaN])
      await expect(bob.engine.search({ text: "key", limit: 5, before })).rejects.toMatchObject({
        code: "request_malformed",
      });
  });
});

/**
 * What the indexes of these hold does not grow with a conversation: what has an end, waits to
 * leave, or nobody has acknowledged.
 */
const SHORT = /messages_(?:expiring|pending|unacknowledged)/u;

/** Whether a step of a statement's plan takes all messages, or all of a conversation. */
function isWhole(step: string, text: string): boolean {
  if (/^SCAN (?:messages|m)\b/u.test(step)) return !SHORT.test(step);
  return /messages_in_order \(conversation=\?\)/u.test(step) && !/\bLIMIT\b/u.test(text);
}

test("nothing that is asked of a long conversation day by day reads it from one end to the other", async () => {
  const { world, alice, bob } = await friends();
  const { id: conversation } = await bob.conversationWith("Alice");
  await bob.restart();
  for (const query of ["status", "conversations", "contacts", "pairings", "groupQuestions"] as const)
    await bob.read(query, {});
  await bob.read("conversation", { id: conversation });
  for (const position of [{}, { before: 9 }, { after: 1 }, { around: 5 }])
    await bob.read("messages", { conversation, limit: 10, ...position });
  await alice.say("Bob", "a word");
  await world.until(async () => (await bob.heard("Alice")).length === 1);
  await bob.engine.search({ text: "word", limit: 10 });
  await bob.engine.markRead({ conversation, upTo: EVERYTHING });
  await bob.say("Alice", "an answer");
  await world.clock.advance(3 * 3_600_000);
  const asked = [...bob.power.statements].filter(([text]) => /\bmessages\b/u.test(text));
  await bob.engine.close();
  const database = await openTestDatabase(bob.disk);
  const whole = await database.transaction(async (sql) => {
    const found: string[] = [];
    for (const [text, parameters] of asked) {
      const plan = await sql.all(`EXPLAIN QUERY PLAN ${text}`, Array(parameters).fill(null));
      if (plan.some(({ detail }) => isWhole(String(detail), text))) found.push(text);
    }
    return found;
  });
  await database.close();
  expect(asked.length).toBeGreaterThan(20);
  expect(whole).toEqual([]);
});
