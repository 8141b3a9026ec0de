import type { ConversationView, StatusView } from "@pli/engine/api";
import { createWorld, EVERYTHING } from "@pli/testkit";
import { expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";

test("a watch gives the value now and after each change, never the same twice, until it is stopped", async () => {
  const people = await friends();
  const { world, alice } = people;
  const given: ConversationView[][] = [];
  const stop = alice.engine.watch("conversations", {}, (views) => given.push(views));
  await world.clock.advance(0);
  expect(given).toHaveLength(1);
  const id = given[0]?.[0]?.id ?? "";
  await alice.engine.mute({ conversation: id, muted: true });
  await alice.engine.mute({ conversation: id, muted: true });
  await alice.engine.saveDraft({ conversation: id, text: "half a" });
  await world.clock.advance(0);
  const shapes = given.map((views) => JSON.stringify(views));
  expect(shapes.filter((shape, i) => shape === shapes[i - 1])).toEqual([]);
  expect(given.at(-1)?.[0]).toMatchObject({ muted: true, draft: "half a" });
  stop();
  const count = given.length;
  await alice.say("Bob", "more");
  await world.clock.advance(1_000);
  expect(given).toHaveLength(count);
});

test("changes that come together are given together", async () => {
  const people = await friends();
  const { world, alice } = people;
  const { id } = await alice.conversationWith("Bob");
  let given = 0;
  alice.engine.watch("messages", { conversation: id, limit: 200 }, () => void (given += 1));
  await world.clock.advance(0);
  await Promise.all(Array.from({ length: 100 }, (_, i) => alice.say("Bob", `${i}`)));
  await world.clock.advance(5_000);
  expect(given).toBeLessThan(150);
  expect((await alice.messages("Bob")).filter(({ mine }) => mine)).toHaveLength(100);
});

test("many watchers, one of them throwing, all hear", async () => {
  const { world, alice } = await friends();
  const names = new Map<number, string>();
  alice.engine.watch("status", {}, () => {
    throw new Error("a page's own mistake");
  });
  for (let i = 0; i < 50; i++) {
    alice.engine.watch("status", {}, ({ profile }: StatusView) => names.set(i, profile?.name ?? ""));
  }
  await world.clock.advance(0);
  await alice.engine.renameProfile({ name: "Alix" });
  await world.clock.advance(0);
  expect([...names.values()].filter((name) => name === "Alix")).toHaveLength(50);
});

test("each message that arrives is told once, in order, and one's own are not", async () => {
  const people = await friends();
  const { alice, bob } = people;
  const told: string[] = [];
  const stop = bob.engine.onMessage(({ body }) => told.push(body.kind === "text" ? body.text : body.kind));
  await bob.say("Alice", "mine");
  for (const text of ["1", "2", "3"]) await alice.say("Bob", text);
  await heardAll(people, 3, 1);
  stop();
  await alice.say("Bob", "4");
  await heardAll(people, 4, 1);
  expect(told).toEqual(["1", "2", "3"]);
});

test("unread, markRead, search, forget, limits and a profile made twice", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (const text of ["Rendez-vous à l’été", "à demain", "rien"]) await alice.say("Bob", text);
  await heardAll(people, 3, 0);
  const { id } = await bob.conversationWith("Alice");
  expect((await bob.conversationWith("Alice")).unread).toBe(3);
  await bob.engine.markRead({ conversation: id, upTo: EVERYTHING });
  expect((await bob.conversationWith("Alice")).unread).toBe(0);
  const hits = await bob.engine.search({ text: "rendez ete", limit: 10 });
  expect(hits.map(({ message, conversationName }) => [message.body, conversationName])).toEqual([
    [{ kind: "text", text: "Rendez-vous à l’été" }, "Alice"],
  ]);
  expect(await bob.engine.search({ text: '"* OR (', limit: 10 })).toEqual([]);
  await bob.engine.forgetMessage({ message: hits[0]?.message.id ?? "" });
  expect(await bob.engine.search({ text: "rendez", limit: 10 })).toEqual([]);
  expect(await bob.heard("Alice")).toEqual(["à demain", "rien"]);
  const page = await bob.read("messages", { conversation: id, limit: 1 });
  expect(page).toMatchObject({ hasOlder: true, messages: [{ body: { text: "rien" } }] });
  await expect(bob.read("messages", { conversation: id, limit: 0 })).rejects.toMatchObject({
    code: "request_malformed",
  });
  await expect(bob.engine.createProfile({ name: "B" })).rejects.toMatchObject({ code: "profile_exists" });
  await expect(bob.engine.forgetMessage({ message: "00" })).rejects.toMatchObject({ code: "message_unknown" });
  await expect(bob.engine.sendText({ conversation: id, text: "" })).rejects.toMatchObject({ code: "message_empty" });
  const long = "x".repeat(65_537);
  await expect(bob.engine.sendText({ conversation: id, text: long })).rejects.toMatchObject({
    code: "message_too_long",
  });
  await expect(bob.engine.sendText({ conversation: "0".repeat(64), text: "x" })).rejects.toMatchObject({
    code: "conversation_unknown",
  });
  await world.clock.advance(60_000);
  await alice.say("Bob", "after all these errors");
  await heardAll(people, 3, 0);
});

test("no error, status or view holds a key, a whole label or another's words", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  const errors: string[] = [];
  const secret = "a text that must not be told";
  const calls = [
    alice.engine.sendText({ conversation: "0".repeat(64), text: secret }),
    alice.engine.acceptInvitation({ link: `https://example.org/i#${"A".repeat(80)}` }),
    alice.engine.typeCode({ pairing: "0".repeat(32), digits: "9876" }),
    alice.engine.nameContact({ contact: "0".repeat(64), name: secret }),
    alice.engine.renameProfile({ name: `${secret}\u0000` }),
  ];
  for (const call of calls)
    await call.catch((error: unknown) => errors.push(`${String(error)} ${JSON.stringify(error)}`));
  expect(errors).toHaveLength(5);
  expect(errors.join("\n")).not.toMatch(/must not|9876|0{32}|A{40}/);
  const { pairing } = await alice.engine.createInvitation({});
  await world.clock.advance(1_000);
  const { link, ...view } = (await alice.read("pairing", { id: pairing })) ?? { link: "" };
  const secretOfLink = (link ?? "").slice(-40);
  for (const shown of [view, await alice.read("status", {}), await alice.read("storage", {})]) {
    expect(JSON.stringify(shown)).not.toContain(secretOfLink);
  }
});
