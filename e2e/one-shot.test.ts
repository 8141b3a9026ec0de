import { expect, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { runPli, startPli, type PliEvent } from "./lib/pli.ts";

/**
 * Alice and Bob, who have paired and only ever run commands that end. Bob comes into groups without
 * being asked.
 */
async function two() {
  const people = await pairHomesOnStore();
  await runPli(people.bob, people.store.origin, "group", "asking", "off");
  return people;
}

const texts = (events: readonly PliEvent[]): unknown[] =>
  events.flatMap(({ event, text }) => (event === "message" ? [text] : []));

test("two who only run commands that end: keys, a group and its words reach each other", async () => {
  const { store, alice, bob } = await two();
  for (const [home, other] of [
    [alice, "Bob"],
    [bob, "Alice"],
  ] as const) {
    const events = await runPli(home, store.origin, "messages", other);
    expect(events.filter(({ event }) => event === "waiting")).toEqual([]);
  }
  const created = await runPli(alice, store.origin, "group", "create", "Choir", "Bob");
  expect(created.at(-1)).toMatchObject({ event: "change", state: "done" });
  const checks = await runPli(alice, store.origin, "doctor");
  expect(checks.find(({ name }) => name === "messages")).toMatchObject({
    state: "ok",
    details: { waiting: { messages: 0, pairings: 0, changes: 0, notes: 0 } },
  });
  // Bob has not heard of the group before: the name means something once all that waits for him is
  // read.
  const [sent] = await runPli(bob, store.origin, "send", "Choir", "here I am");
  expect(sent).toMatchObject({ event: "message", group: "Choir", state: "sent" });
  expect(texts(await runPli(alice, store.origin, "messages", "Choir"))).toEqual(["here I am"]);
}, 240_000);

test("while the store is away a command says what waits, and the next one that reaches it lets it leave", async () => {
  const { store, alice, bob } = await two();
  await runPli(bob, store.origin, "send", "Alice", "first");
  await store.stop();
  const events = await runPli(alice, store.origin, "send", "Bob", "second");
  expect(events).toMatchObject([
    { event: "message", state: "saved" },
    { event: "waiting", messages: 1 },
  ]);
  await store.start();
  const reading = startPli(alice, store.origin, "contacts");
  expect(await reading.ended).toBe(0);
  expect(reading.events.map(({ event }) => event)).toEqual(["contact"]);
  expect(texts(await runPli(bob, store.origin, "messages", "Alice"))).toEqual(["first", "second"]);
}, 240_000);
