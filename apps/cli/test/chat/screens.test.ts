import { describe, expect, test } from "vitest";
import { groupNamed, ME, refuse, textFrom } from "../fake-api.ts";
import { settle } from "../fake-world.ts";
import { camille } from "../people.ts";
import { openChat } from "./open-chat.ts";

describe("a conversation in the window", () => {
  test("marks a group whose messages disappear, in the list and above them", async () => {
    const chat = await openChat([camille], (fake) =>
      fake.data.groups.push(groupNamed("Voisins", [camille], { timer: 86_400 })),
    );
    expect(chat.screen()).toContain("Voisins ◷");
    chat.type("voi");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toMatch(/Voisins ◷ ●○○ .*2 members/u);
  });

  test("marks our own messages as far as they have come", async () => {
    const states = ["saved", "sent", "delivered", "read", "failed"] as const;
    const chat = await openChat([camille], (fake) =>
      fake.data.messages.push(
        ...states.map((state) => textFrom(camille, state, `is ${state}`, { mine: true, from: ME, state })),
        textFrom(camille, "theirs", "not ours"),
      ),
    );
    chat.keys("return");
    await settle();
    const found = Array.from(chat.screen().matchAll(/(is \w+|not ours) *(.*?) *(?=\n)/gu));
    const marks = new Map(found.map(([, text, mark]) => [text, mark]));
    expect(marks.get("is saved")).toBe("(on this device)");
    expect(marks.get("is sent")).toBe("✓");
    expect(marks.get("is delivered")).toBe("✓✓");
    expect(marks.get("is read")).toBe("✓✓ read");
    expect(marks.get("is failed")).toBe("(not sent)");
    expect(marks.get("not ours")).toBe("");
  });

  test("wraps long sentences, help and messages to the width: nothing of them is cut", async () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");
    const chat = await openChat([camille], (fake) =>
      fake.data.messages.push(
        textFrom(camille, "1", words),
        textFrom(camille, "2", "", { body: { kind: "unknown" } }),
        textFrom(camille, "3", "x".repeat(28), { mine: true, from: ME, state: "read" }),
      ),
    );
    chat.resize(40, 40);
    chat.keys("return");
    await settle();
    const flat = (): string => chat.screen().replaceAll(/[\s│]+/gu, " ");
    expect(flat()).toContain(words);
    expect(flat()).toContain("It is kept; update Pli to see it.");
    expect(flat()).toContain("✓✓ read");
    expect(flat()).toContain("Enter send · Alt+Enter new line · PgUp PgDn scroll · Esc back · /help");
    chat.type("/nonsense-of-a-rather-long-kind");
    chat.keys("return");
    await settle();
    expect(flat()).toContain("There is no /nonsense-of-a-rather-long-kind. See /help.");
    chat.press({ name: "u", ctrl: true });
    chat.type("/help");
    chat.keys("return");
    await settle();
    expect(flat()).toContain("show nothing of what this contact writes, until you unblock them");
    expect(chat.screen().replaceAll(/CONTACT…| …$/gmu, "")).not.toContain("…");
  });

  test("help that is longer than the window can be scrolled", async () => {
    const chat = await openChat([camille]);
    chat.resize(80, 10);
    chat.type("/help");
    chat.keys("return");
    await settle();
    expect(chat.screen()).not.toContain("Ctrl-K");
    chat.keys(...Array.from({ length: 9 }, () => "pagedown"));
    expect(chat.screen()).toContain("Ctrl-K");
    chat.keys("escape");
    expect(chat.screen()).toContain("Camille");
  });
});

describe("the window", () => {
  test("page up in a conversation shorter than the screen leaves it where it is", async () => {
    const chat = await openChat(
      [camille],
      ({ data }) => void data.messages.push(textFrom(camille, "m1", "the only line")),
    );
    chat.keys("return");
    await settle();
    chat.keys("pageup", "pageup", "up");
    expect(chat.screen()).toContain("the only line");
  });

  test("the list shows the draft, not the last message as one", async () => {
    const chat = await openChat([camille], ({ data }) => {
      data.messages.push({ ...textFrom(camille, "m1", "sent before"), mine: true, state: "sent" });
      data.drafts[camille.conversation] = "begun\nand more";
    });
    expect(chat.screen()).toContain("draft: begun and more");
    expect(chat.screen()).not.toContain("sent before");
  });

  test("a command that does not exist can be mended, and is no draft", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("/nosuch");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("> /nosuch");
    chat.keys("escape");
    await settle();
    expect(chat.fake.calls.map(([name]) => name)).not.toContain("saveDraft");
  });

  test("looking through conversations writes no drafts where there are none", async () => {
    const chat = await openChat();
    chat.fake.api.saveDraft = refuse("disk_read_only");
    chat.keys("return", "tab", "tab", "escape");
    await settle();
    chat.press({ name: "c", ctrl: true });
    expect(await chat.ended).toBe(0);
  });

  test("the composer breaks between words, and the cursor is where the next letter goes", async () => {
    const chat = await openChat();
    chat.resize(24, 15);
    chat.keys("return");
    chat.type("the door is too narrow for it");
    expect(chat.screen()).toMatch(/\n> the door is too\s*\n {2}narrow for it/u);
    expect(chat.stdout().endsWith("\u001b[15;16H\u001b[?25h")).toBe(true);
  });

  test("a narrow header keeps its parts apart", async () => {
    const chat = await openChat([camille], ({ data }) => void (data.status.pending = 3));
    chat.resize(40, 15);
    chat.keys("return");
    await settle();
    expect(chat.screen().split("\n")[1]).toMatch(/^ Camille ●●●\s+on line · 3 message…/u);
  });
});
