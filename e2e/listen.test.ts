import { openHome } from "@pli/engine-node";
import { expect, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { startPli } from "./lib/pli.ts";

const COUNT = 450;

test("pli listen --unread that is killed at any line loses nothing: what its reader has not got comes again", async () => {
  const { store, alice, bob } = await pairHomesOnStore();
  const home = await openHome({ home: alice, store: store.origin, unlock: { keyFile: true } });
  const conversation = (await home.api.read("conversations", {}))[0]?.id ?? "";
  const expected = Array.from({ length: COUNT }, (_, i) => `order ${i} ${"x".repeat(900)}`);
  for (const text of expected) await home.api.sendText({ conversation, text });
  await expect.poll(async () => (await home.api.read("status", {})).pending, { timeout: 60_000 }).toBe(0);
  await home.close();
  const first = startPli(bob, store.origin, "listen");
  await first.next("message", ({ text }) => text === expected.at(-1));
  first.child.kill("SIGINT");
  await first.ended;

  const got = new Set<unknown>();
  for (const lines of [1, 150, 250]) {
    const killed = startPli(bob, store.origin, "listen", "--unread");
    await killed.next("message", () => killed.events.length >= lines);
    killed.child.kill("SIGKILL");
    await killed.ended;
    for (const { text } of killed.events) got.add(text);
  }
  const last = startPli(bob, store.origin, "listen", "--unread");
  await last.next("message", ({ text }) => text === expected.at(-1));
  last.child.kill("SIGINT");
  await last.ended;
  expect(last.events.length).toBeLessThan(COUNT);
  for (const { text } of last.events) got.add(text);
  expect(expected.filter((text) => !got.has(text)).map((text) => text.slice(0, 10))).toEqual([]);
}, 180_000);
