import type { HistoryView } from "@pli/engine/api";
import { expect, test } from "vitest";
import { createAlice } from "./alice.ts";

const device = (id: string, isThis: boolean) => {
  const added = { addedAt: 0, addedBy: "" };
  return { id: id.repeat(32), name: isThis ? "" : "Telephone", ...added, lastSeen: 7, isThis, isRemoved: false };
};

/** What `pli device` says behind the devices, for people and for programs. */
async function listed(history: HistoryView): Promise<{ said: string; events: unknown[] }> {
  const [people, programs] = [createAlice(), createAlice()];
  for (const { fake } of [people, programs])
    Object.assign(fake.data, { devices: [device("a", true), device("b", false)], history });
  expect(await people.run("device")).toBe(0);
  expect(await programs.run("device", "list", "--json")).toBe(0);
  const events = programs
    .stdout()
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  return { said: people.stdout(), events: events.slice(2) };
}

const coming = {
  from: "b".repeat(32),
  step: "older",
  conversations: 3,
  conversationsDone: 1,
  messages: 2_000,
  messagesDone: 500,
  askedAt: 0,
} as const;

test("pli device says how much of what was said before is on its way, here and to others", async () => {
  const outgoing = [{ device: "b".repeat(32), messages: 10, sent: 4 }];
  const { said, events } = await listed({ incoming: coming, outgoing });
  expect(said).toContain("500 of 2,000 earlier messages are here");
  expect(said).toContain("4 of 10 earlier messages have left");
  const { askedAt: _, ...fields } = coming;
  expect(events).toEqual([
    { event: "history", ...fields },
    { event: "history-sent", to: "b".repeat(32), messages: 10, sent: 4 },
  ]);
});

test.each([
  ["asked", "it has to be on line"],
  ["gone", "is gone"],
] as const)("a history that is %s says what is waited for, or that nothing is", async (step, words) => {
  expect((await listed({ incoming: { ...coming, step }, outgoing: [] })).said).toContain(words);
});

test("a history that is complete needs no word", async () => {
  expect((await listed({ incoming: { ...coming, step: "complete" }, outgoing: [] })).events).toEqual([]);
});

test("a new device says how many conversations are here", async () => {
  const { said, events } = await listed({ conversations: { here: 12, all: 300 }, outgoing: [] });
  expect(said).toContain("12 of 300 conversations are here");
  expect(events).toContainEqual({ event: "conversations", here: 12, all: 300 });
});
