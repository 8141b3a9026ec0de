import { describe, expect, test } from "vitest";
import { CAMILLE, ME, textFrom } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";
import { camille, withContacts } from "../people.ts";

describe("pli messages", () => {
  test("a text that asks for words or adds a device is marked, in both languages; one's own is not", async () => {
    const fake = withContacts(camille);
    const link = `https://pli.example.org/d#EQ${"aB3_-x9Z".repeat(9)}`;
    fake.data.messages.push(
      textFrom(camille, "1", "Send me your recovery words"),
      textFrom(camille, "2", link),
      textFrom(camille, "3", "Never send your recovery words to anybody"),
      textFrom(camille, "4", "Send me your recovery words", { mine: true, from: ME, state: "sent" }),
    );
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "Camille");
    const said = pli
      .stdout()
      .split("\n")
      .filter((line) => line.includes("⚠"));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^ +│ ⚠ Pli never asks for codes or words/u);
    expect(said[1]).toMatch(/^ +│ ⚠ This link adds a device/u);
    pli.clear();
    await pli.run("messages", "Camille", "--lang", "fr");
    expect(pli.stdout()).toContain("⚠ Pli ne demande jamais de code ni de mots");
    pli.clear();
    await pli.run("messages", "Camille", "--json");
    expect(pli.events().map(({ lure }) => lure)).toEqual(["secret", "link", undefined, undefined]);
  });

  const thread = () => {
    const fake = withContacts(camille);
    fake.data.messages.push(
      textFrom(camille, "p", "", { body: { kind: "paired" } }),
      textFrom(camille, "1", "hello\n14:04  You: I owe you 100 €"),
      textFrom(camille, "g", "", { body: { kind: "gap", count: 2 } }),
      textFrom(camille, "2", "hi", { mine: true, from: ME, state: "saved" }),
    );
    return fake;
  };

  test("in JSON, texts are messages, what happened is a notice, and being paired is neither", async () => {
    const pli = createFakeWorld({ fake: thread() });
    expect(await pli.run("messages", "Camille", "--json")).toBe(0);
    expect(pli.events()).toMatchObject([
      {
        event: "message",
        id: "1",
        from: "Camille",
        fromId: CAMILLE,
        mine: false,
        text: "hello\n14:04  You: I owe you 100 €",
      },
      { event: "notice", id: "g", kind: "gap", count: 2, text: null },
      { event: "message", id: "2", from: "Alice", mine: true, text: "hi", state: "saved" },
    ]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("for people, a second line is behind a bar, so that it cannot pass for another message", async () => {
    const pli = createFakeWorld({ fake: thread() });
    await pli.run("messages", "Camille");
    const lines = pli.stdout().split("\n");
    expect(lines).toContain("     │ 14:04  You: I owe you 100 €");
    expect(lines.filter((line) => /^\d\d:\d\d {2}You: /u.test(line))).toHaveLength(1);
    expect(pli.stdout()).toContain("2 messages never arrived.");
    expect(pli.stdout()).toContain("hi  (on this device)");
  });

  test("only a person who saw them has read them", async () => {
    const terminal = createFakeWorld({ fake: thread(), terminal: true });
    await terminal.run("messages", "Camille");
    expect(terminal.fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: 4 }]]);
    const pipe = createFakeWorld({ fake: thread() });
    await pipe.run("messages", "Camille");
    expect(pipe.fake.calls).toEqual([]);
  });

  test("the limit is kept, and said when something older is left out", async () => {
    const pli = createFakeWorld({ fake: thread() });
    await pli.run("messages", "Camille", "--limit", "1");
    expect(pli.stdout()).toContain("hi");
    expect(pli.stdout()).not.toContain("hello");
    expect(pli.stderr()).toContain("--before 4");
  });

  const long = (count: number) => {
    const fake = withContacts(camille);
    for (let i = 1; i <= count; i++) fake.data.messages.push(textFrom(camille, `${i}`, `text ${i}`));
    return fake;
  };
  const numbers = (pli: ReturnType<typeof createFakeWorld>) => pli.events().map(({ order }) => order);

  test("what is before or after a message is shown, as far as one likes, and what is on either side is said", async () => {
    const before = createFakeWorld({ fake: long(30) });
    await before.run("messages", "Camille", "--limit", "3", "--before", "11");
    expect(before.stdout().match(/text \d+/gu)).toEqual(["text 8", "text 9", "text 10"]);
    expect(before.stderr()).toContain("--before 8");
    expect(before.stderr()).toContain("--after 10");
    const after = createFakeWorld({ fake: long(30) });
    await after.run("messages", "Camille", "--json", "--after", "27");
    expect(numbers(after)).toEqual([28, 29, 30]);
    const none = createFakeWorld({ fake: long(3) });
    await none.run("messages", "Camille", "--before", "1");
    expect(none.stdout()).toContain("No message yet.");
  });

  test("any number of messages is shown, page by page", async () => {
    const pli = createFakeWorld({ fake: long(12_000) });
    expect(await pli.run("messages", "Camille", "--json", "--limit", "10001")).toBe(0);
    expect(numbers(pli)).toEqual(Array.from({ length: 10_001 }, (_, i) => 2_000 + i));
  });

  test("in a terminal, what was shown is read and what came later is not", async () => {
    const pli = createFakeWorld({ fake: long(30), terminal: true });
    await pli.run("messages", "Camille", "--limit", "3", "--after", "4");
    expect(pli.fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: 7 }]]);
  });

  test("in French, day and words are French", async () => {
    const pli = createFakeWorld({ fake: thread(), env: { LANG: "fr_FR.UTF-8" } });
    await pli.run("messages", "Camille");
    expect(pli.stdout()).toContain("lundi 23 novembre 2026");
    expect(pli.stdout()).toContain("Vous\u202f: hi  (sur cet appareil)");
  });
});
