/** Real programs: a home is gone, and the words bring its person back, by themselves. */
import { rmSync } from "node:fs";
import { onTestFinished, expect, test } from "vitest";
import { runPli, startPli, type PliProcess } from "./lib/pli.ts";
import { pairHomesOnStore } from "./lib/pair.ts";
import { temporaryFolder } from "./lib/store-process.ts";

/** A command that reads the words as a line. */
async function withWords(home: string, store: string, words: string, ...args: string[]): Promise<PliProcess> {
  const pli = startPli(home, store, "recovery", ...args);
  pli.type(words);
  pli.child.stdin.end();
  expect({ code: await pli.ended, events: pli.events }).toMatchObject({ code: 0 });
  return pli;
}

const isText = (text: string) => (event: Record<string, unknown>) => event["text"] === text;

test.each([
  ["a home was deleted", []],
  ["a device was stolen", ["--stolen"]],
] as const)(
  "after %s the words alone bring a person back to contacts and groups",
  async (_, options) => {
    const { store, alice, bob } = await pairHomesOnStore();
    const { origin } = store;
    const bobs = startPli(bob, origin, "listen");
    onTestFinished(() => void bobs.child.kill("SIGKILL"));
    await runPli(bob, origin, "group", "asking", "off");
    const [shown] = await runPli(alice, origin, "recovery", "show");
    if (shown === undefined) throw new Error("no words");
    const words = (shown["words"] as string[]).join(" ");
    await runPli(alice, origin, "group", "create", "Club", "Bob");
    const listening = startPli(alice, origin, "listen");
    await runPli(bob, origin, "send", "Club", "welcome");
    await listening.next("message", isText("welcome"));
    await withWords(alice, origin, words, "check");
    listening.child.kill("SIGKILL");
    await listening.ended;
    rmSync(alice, { recursive: true });

    const again = temporaryFolder("alice-again");
    const restored = await withWords(again, origin, words.toUpperCase(), "restore", ...options);
    expect(restored.events.find(({ event }) => event === "restored")).toMatchObject({
      name: "Alice",
      contacts: 1,
      groups: 1,
      stolen: options.length > 0,
    });
    const back = startPli(again, origin, "listen");
    onTestFinished(() => void back.child.kill("SIGKILL"));
    await runPli(bob, origin, "send", "Alice", "are you back?");
    await back.next("message", isText("are you back?"));
    await expect
      .poll(async () => (await runPli(again, origin, "group")).find(({ event }) => event === "group")?.["state"], {
        timeout: 60_000,
      })
      .toBe("ready");
    await runPli(again, origin, "send", "Club", "I am");
    await bobs.next("message", isText("I am"));
  },
  240_000,
);

test("with a copy of the messages they are back too, and a later one is written by the new home", async () => {
  const { store, alice, bob } = await pairHomesOnStore();
  const { origin } = store;
  const [shown] = await runPli(alice, origin, "recovery", "show");
  if (shown === undefined) throw new Error("no words");
  const words = (shown["words"] as string[]).join(" ");
  for (const text of ["first", "second"]) await runPli(bob, origin, "send", "Alice", text);
  const listening = startPli(alice, origin, "listen");
  await listening.next("message", isText("second"));
  listening.child.kill("SIGINT");
  await listening.ended;
  await withWords(alice, origin, words, "check");
  const [copy] = await runPli(alice, origin, "recovery", "messages", "on");
  expect(copy).toMatchObject({ event: "message_copy", on: true, isUnderWay: false, last: { older: 0, isHere: true } });
  rmSync(alice, { recursive: true });

  const again = temporaryFolder("alice-again");
  const restored = await withWords(again, origin, words, "restore");
  expect(restored.events.find(({ event }) => event === "restored")).toHaveProperty("messages");
  await expect
    .poll(async () => (await runPli(again, origin, "recovery", "messages"))[0]?.["restoring"], { timeout: 60_000 })
    .toMatchObject({ missing: 0, doneAt: expect.any(Number) });
  const texts = (await runPli(again, origin, "messages", "Bob")).flatMap(({ text }) => text ?? []);
  expect(texts).toEqual(["first", "second"]);
  const [off] = await runPli(again, origin, "recovery", "messages", "off");
  expect(off).toMatchObject({ on: false });
}, 240_000);
