import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { settle } from "../fake-world.ts";
import { camille } from "../people.ts";
import { openChat } from "./open-chat.ts";

/** Paste as it was, the cursor shown, the window as it was. */
const GIVEN_BACK = "\u001b[?2004l\u001b[?25h\u001b[?1049l";

describe("what is pasted", () => {
  test("goes into the draft, lines and all, and is never sent", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.press({ name: "paste", text: "one\rtwo\r" });
    await settle();
    expect(chat.fake.calls.filter(([name]) => name === "sendText")).toEqual([]);
    expect(chat.screen()).toMatch(/\n> one\s*\n {2}two\s*\n/u);
    chat.keys("return");
    expect(chat.fake.calls).toContainEqual(["sendText", { conversation: camille.conversation, text: "one\ntwo\n" }]);
  });

  test("is marked by the terminal while the chat has it, and no longer afterwards", async () => {
    const chat = await openChat();
    expect(chat.stdout()).toContain("\u001b[?2004h");
    expect(chat.stdout()).not.toContain("\u001b[?2004l");
    chat.interrupt();
    await chat.ended;
    expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
  });

  test("a crash gives the terminal back too, once", async () => {
    const chat = await openChat();
    chat.crash();
    expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
    chat.interrupt();
    await chat.ended;
    const before = chat.stdout();
    chat.crash();
    expect(chat.stdout()).toBe(before);
  });
});

test("when the engine is lost the terminal is given back before the reason is said", async () => {
  const chat = await openChat();
  chat.lose(new PliError("database_damaged"));
  expect(await chat.ended).toBe(1);
  expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
  expect(chat.stderr()).toContain("is damaged");
});
