import { describe, expect, test } from "vitest";
import { refuse } from "../fake-api.ts";
import { settle } from "../fake-world.ts";
import { camille, bob } from "../people.ts";
import { openChat } from "./open-chat.ts";

describe("keys typed right after another", () => {
  test("Enter that opens, Escape and Tab each count at once", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("for Camille");
    chat.keys("tab");
    chat.type("for Bob");
    chat.keys("return", "escape");
    chat.type("cam");
    chat.keys("return", "return");
    await settle();
    expect(chat.fake.calls.filter(([name]) => name === "sendText")).toEqual([
      ["sendText", { conversation: bob.conversation, text: "for Bob" }],
      ["sendText", { conversation: camille.conversation, text: "for Camille", draft: "for Camille" }],
    ]);
  });

  test("Enter that sends leaves what follows in the draft, and so does a message that could not be sent", async () => {
    const chat = await openChat();
    chat.fake.api.sendText = refuse("message_too_long");
    chat.keys("return");
    chat.type("first");
    chat.keys("return");
    chat.type("second");
    await settle();
    expect(chat.screen()).toMatch(/\n> first\s*\n {2}second/u);
    expect(chat.screen()).toContain("too long");
  });

  test("a message refused after its conversation was left is a draft there", async () => {
    const chat = await openChat();
    chat.fake.api.sendText = refuse("disk_full");
    chat.keys("return");
    chat.type("hello");
    chat.keys("return", "tab");
    await settle();
    expect(chat.fake.calls).toContainEqual(["saveDraft", { conversation: camille.conversation, text: "hello" }]);
    chat.keys("tab");
    expect(chat.screen()).toContain("> hello");
  });

  test("Tab with one conversation keeps the draft", async () => {
    const chat = await openChat([camille]);
    chat.keys("return");
    chat.type("draft");
    chat.keys("tab", "tab");
    await settle();
    expect(chat.screen()).toContain("> draft");
  });

  test("Tab there and back keeps both drafts, however late the engine saves them", async () => {
    const chat = await openChat();
    chat.fake.does.saveDraft = () => new Promise((resolve) => setTimeout(resolve, 20));
    chat.keys("return");
    chat.type("one");
    chat.keys("tab");
    chat.type("two");
    chat.keys("tab");
    expect(chat.screen()).toContain("> one");
    chat.keys("tab");
    expect(chat.screen()).toContain("> two");
  });

  test("leaving saves the draft before the profile is closed", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("later");
    chat.press({ name: "c", ctrl: true });
    expect(await chat.ended).toBe(0);
    expect(chat.fake.calls).toContainEqual(["saveDraft", { conversation: camille.conversation, text: "later" }]);
  });

  test("what another device began shows in a field that nobody changed, and what is typed stays", async () => {
    const chat = await openChat([camille]);
    chat.keys("return");
    chat.fake.data.drafts[camille.conversation] = "from the telephone";
    chat.fake.changed();
    expect(chat.screen()).toContain("> from the telephone");
    chat.type("!");
    chat.fake.data.drafts[camille.conversation] = "something else";
    chat.fake.changed();
    expect(chat.screen()).toContain("> from the telephone!");
  });

  test("what is typed is kept a moment after the last key, and a command is not", async () => {
    const chat = await openChat([camille]);
    const saved = (): unknown[] => chat.fake.calls.filter(([name]) => name === "saveDraft").map(([, how]) => how);
    chat.keys("return");
    chat.type("/h");
    chat.pass();
    expect(saved()).toEqual([]);
    chat.keys("backspace", "backspace");
    chat.type("half");
    chat.pass();
    chat.pass();
    expect(saved()).toEqual([{ conversation: camille.conversation, text: "half" }]);
  });
});
