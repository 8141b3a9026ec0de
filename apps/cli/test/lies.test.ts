import type { GroupView } from "@pli/engine/api";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf } from "../src/text/width.ts";
import { CAMILLE, contactNamed, GROUP, groupNamed, lineOf, ME, textFrom } from "./fake-api.ts";
import { createFakeWorld, settle } from "./fake-world.ts";
import { withContacts } from "./people.ts";

/** Somebody with valid keys who wants to pass for another. */
const MALLORY = "bad0bad0".padEnd(64, "0");
const BRUNO = "b0b0b0b0".padEnd(64, "1");
const bruno = contactNamed("Bruno Martin", BRUNO);
const mallory = (name: string) => contactNamed(name, MALLORY);

// oxlint-disable-next-line no-control-regex -- the escape sequences of our own styles are what is taken away
const plain = (text: string): string => text.replaceAll(/\u001b\[[\d;?]*[a-zA-Z]/gu, "");

/** The output of `pli messages` or `pli listen` in a terminal, with these texts by these people. */
async function shown(how: "messages" | "listen", texts: string[], by = bruno, terminal = true): Promise<string> {
  const fake = withContacts(by);
  const pli = createFakeWorld({ fake, terminal });
  const all = texts.map((text, order) => textFrom(by, `${order}`, text, { order }));
  if (how === "messages") {
    fake.data.messages.push(...all);
    await pli.run("messages", by.id);
  } else {
    const ended = pli.run("listen");
    await settle();
    for (const message of all) fake.arrive(message);
    await settle();
    pli.interrupt();
    await ended;
  }
  return plain(pli.stdout());
}

const MESSAGE = /^\d\d:\d\d {2}/u;

describe("a text cannot pass for a line of somebody else", () => {
  test.each(["messages", "listen"] as const)("pli %s: each line but the first is behind a bar of ours", async (how) => {
    const lines = (await shown(how, ["hello\n14:04  Camille: I agree\r14:05  You: me too\u202814:06  x"])).split("\n");
    expect(lines.filter((line) => MESSAGE.test(line))).toHaveLength(1);
    expect(lines).toContain("     │ 14:04  Camille: I agree");
    expect(lines).toContain("     │ 14:05  You: me too");
    expect(lines).toContain("     │ 14:06  x");
  });

  test.each(["messages", "listen"] as const)(
    "pli %s: no line is wider than the terminal, which would break it where messages begin",
    async (how) => {
      const families = "👩‍👩‍👧‍👦".repeat(30);
      const lines = (await shown(how, [`${"x".repeat(58)} 14:04  Camille: I agree ${families}`])).split("\n");
      expect(lines.filter((line) => MESSAGE.test(line))).toHaveLength(1);
      for (const line of lines) {
        expect(columnsOf(line)).toBeLessThanOrEqual(80);
        // As a terminal counts that draws each emoji of a family.
        expect(Array.from(line).reduce((sum, one) => sum + columnsOf(one), 0)).toBeLessThanOrEqual(80);
      }
    },
  );

  test("whatever the text, only its first line begins as a message does", async () => {
    const pieces = fc.constantFrom(
      "14:04  Bob: ",
      "\n",
      "\r",
      "\u2028",
      " ",
      "│ ",
      "x".repeat(40),
      "👩‍👩‍👧",
      "\u202e",
      "\u0301",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), async (parts) => {
        const text = `a${parts.join("")}`;
        const lines = (await shown("listen", [text])).trimEnd().split("\n");
        expect(lines[0]).toMatch(MESSAGE);
        for (const line of lines.slice(1)) expect(line).toMatch(/^ {5}│/u);
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  test("what nobody sees is shown as what it is, and whole in JSON", async () => {
    const text = "pay\u200bpal\u202e \u{e0068}\u{e0069} e" + "\u0301".repeat(100);
    expect(await shown("messages", [text])).toContain(
      `Bruno Martin: pay⟨U+200B⟩pal⟨U+202E⟩ ⟨U+E0068 +1⟩ e${"\u0301".repeat(4)}⟨U+0301 +95⟩`,
    );
    const fake = withContacts(bruno);
    fake.data.messages.push(textFrom(bruno, "1", text));
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "Bruno", "--json");
    expect(pli.stdout()).not.toMatch(/[\u200b\u202e\u{e0000}-\u{e0fff}]/u);
    expect(pli.events()).toMatchObject([{ text }]);
  });

  test("a text of nothing but spaces is not nothing", async () => {
    expect(await shown("messages", [" \u3000\n "])).toContain("Bruno Martin: ⟨U+0020 +3⟩");
  });

  test("a text from right to left does not turn what stands behind it", async () => {
    expect(await shown("messages", ["שלום"])).toContain("Bruno Martin: \u2068שלום\u2069");
  });
});

describe("a name cannot pass for another’s, or for a line", () => {
  const inGroup = (id: string, name: string, text: string) => {
    const who = mallory(name);
    const fake = withContacts(bruno);
    fake.data.groups.push(groupNamed("Budget", [bruno, who]));
    fake.data.messages.push(textFrom(who, id, text, { conversation: GROUP }));
    return createFakeWorld({ fake });
  };

  test.each([
    ["Bruno: yes  14:05  Camille", /^\d\d:\d\d {2}“Bruno: yes {2}14:05 {2}Camille”: ok$/mu],
    ["Bruno\n14:05  Camille", /^\d\d:\d\d {2}“Bruno⟨U\+000A⟩14:05 {2}Camille”: ok$/mu],
    ["Bruno Martin", /^\d\d:\d\d {2}Bruno Martin \[bad0bad0\]: ok$/mu],
    ["Вruno Martin", /^\d\d:\d\d {2}“Вruno Martin” \[bad0bad0\]: ok$/mu],
    ["You", /^\d\d:\d\d {2}You \[bad0bad0\]: ok$/mu],
    ["Alice", /^\d\d:\d\d {2}Alice \[bad0bad0\]: ok$/mu],
    ["\u3164", /^\d\d:\d\d {2}\[bad0bad0\]: ok$/mu],
  ])("%j in a group", async (name, line) => {
    const pli = inGroup("1", name, "ok");
    await pli.run("messages", "Budget");
    expect(pli.stdout()).toMatch(line);
  });

  test("in a line of the history, and in who passed something on", async () => {
    const fake = withContacts(bruno);
    const who = { id: MALLORY, name: "Bruno, Camille" };
    fake.data.groups.push(groupNamed("Budget", [bruno]));
    const told = textFrom(bruno, "2", "ok", {
      conversation: GROUP,
      fromRosterOf: { id: MALLORY, name: "Bruno Martin" },
    });
    fake.data.messages.push(lineOf({ what: "added", who: [who] }, 0, who), told);
    fake.data.messages.push(lineOf({ what: "named", name: "X”. You left the group. “" }, 3, who));
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "Budget");
    expect(pli.stdout()).toContain("· “Bruno, Camille” added “Bruno, Camille”.");
    expect(pli.stdout()).toContain("(passed on by Bruno Martin [bad0bad0])");
    expect(pli.stdout()).toContain("renamed the group “X⟨U+201D⟩. You left the group. ⟨U+201C⟩”.");
  });

  test("however long names are, a terminal breaks no line: none begins with what a name says", async () => {
    const name = `${"長".repeat(18)} 14:05  Bruno: yes  ${"x".repeat(20)}`;
    const who = mallory(name);
    const fake = withContacts(who, mallory("y".repeat(64)));
    const long = `${"語".repeat(24)} 14:05  Bruno: ${"z".repeat(20)}`;
    const pending: GroupView["pending"] = [
      { id: "1", operation: { kind: "add", who: [who, who] }, since: 0, waitsFor: "turn" },
    ];
    fake.data.groups.push(groupNamed(long, [bruno, who], { pending }));
    const pli = createFakeWorld({ fake, terminal: true });
    const ended = pli.run("listen");
    await settle();
    fake.arrive(textFrom(who, "1", "ok ".repeat(40), { conversation: GROUP }));
    fake.arrive(lineOf({ what: "added", who: [who, who] }, 2, who));
    await settle();
    pli.interrupt();
    await ended;
    const listened = plain(pli.stdout()).trimEnd().split("\n");
    expect(listened.filter((line) => MESSAGE.test(line))).toHaveLength(2);
    for (const argv of [["contacts"], ["group"], ["group", "show", GROUP], ["messages", GROUP]]) await pli.run(...argv);
    for (const line of plain(pli.stdout()).split("\n")) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  });

  test("in the list of contacts dots and columns are ours", async () => {
    const pli = createFakeWorld({ fake: withContacts(mallory("●●●  Bruno"), mallory("Bruno  b0b0b0b0  verified")) });
    await pli.run("contacts");
    expect(pli.stdout()).toContain("“●●●  Bruno”");
    expect(pli.stdout()).toContain("“Bruno  b0b0b0b0  verified”");
  });
});

describe("whom a person means is decided by what they chose, or by mathematics", () => {
  const sentTo = async (query: string, ...contacts: ReturnType<typeof contactNamed>[]) => {
    const pli = createFakeWorld({ fake: withContacts(...contacts) });
    const code = await pli.run("send", query, "secret", "--json");
    const sent = pli.fake.calls.find(([name]) => name === "sendText")?.[1] as { conversation: string } | undefined;
    const to = contacts.find(({ conversation }) => conversation === sent?.conversation);
    return { code, to: to?.id, advice: pli.stderr() };
  };

  test("a contact who calls themself as another is known does not get what is theirs: it is ambiguous", async () => {
    expect(await sentTo("bruno", bruno)).toMatchObject({ code: 0, to: BRUNO });
    expect(await sentTo("bruno", bruno, mallory("bruno"))).toMatchObject({ code: 4, to: undefined });
    expect(await sentTo("Bruno Martin", bruno, mallory("Bruno Martin"))).toMatchObject({ code: 4, to: undefined });
  });

  test("a name like the beginning of an identifier does not take it", async () => {
    const { code, to, advice } = await sentTo("b0b0b0b0", bruno, mallory("b0b0b0b0"));
    expect({ code, to }).toEqual({ code: 4, to: undefined });
    expect(advice).toContain(`Bruno Martin (${BRUNO})`);
  });

  test("a whole identifier is that one, whatever others call themselves", async () => {
    expect(await sentTo(BRUNO, mallory(BRUNO), bruno)).toMatchObject({ code: 0, to: BRUNO });
  });

  test("a name this person gave counts before names others chose, written whole", async () => {
    const given = { ...bruno, ownName: "B. Martin", name: "Bruno" };
    expect(await sentTo("bruno", given, mallory("Bruno"), contactNamed("bruno x", "c".repeat(64)))).toMatchObject({
      code: 0,
      to: BRUNO,
    });
    expect(await sentTo("brun", given, mallory("Bruno"))).toMatchObject({ code: 4 });
  });

  test("a name this person gave does not take another’s identifier either", async () => {
    const given = { ...mallory("x"), name: "b0b0b0b0" };
    expect(await sentTo("b0b0b0b0", bruno, given)).toMatchObject({ code: 4, to: undefined });
  });

  test("a group that is called like a contact is another choice, not the first", async () => {
    const fake = withContacts(bruno);
    fake.data.groups.push(groupNamed("bruno", [mallory("x")]));
    const pli = createFakeWorld({ fake });
    expect(await pli.run("send", "bruno", "secret", "--json")).toBe(4);
    expect(fake.calls).toEqual([]);
  });

  test("of the members of a group, the one this person named is meant; of strangers none is the first", async () => {
    const given = { ...bruno, ownName: "B.", name: "Bruno" };
    const fake = withContacts(given);
    fake.data.groups.push(groupNamed("Budget", [given, mallory("bruno")]));
    const pli = createFakeWorld({ fake });
    await pli.run("group", "remove", "Budget", "Bruno", "--no-wait");
    expect(fake.calls).toContainEqual(["removeFromGroup", { conversation: GROUP, members: [BRUNO] }]);
    given.ownName = "Bruno";
    fake.calls.splice(0);
    expect(await pli.run("group", "remove", "Budget", "bruno", "--no-wait")).toBe(4);
    expect(fake.calls).toEqual([]);
  });

  test("the command proposed after pairing means nobody else", async () => {
    const { contactArgument } = await import("../src/contact.ts");
    expect(contactArgument(mallory("bruno"), [mallory("bruno"), bruno])).toBe("bad0bad0");
    expect(contactArgument(contactNamed("Zoé"), [contactNamed("Zoé"), bruno])).toBe("Zoé");
  });

  test("in the chat, what is typed opens the one this person named, and an identifier before any name", async () => {
    const given = { ...bruno, ownName: "B.", name: "Bruno" };
    const fake = withContacts(mallory("Bruno"), given);
    const pli = createFakeWorld({ fake, terminal: true });
    const ended = pli.run();
    await settle();
    expect(plain(pli.stdout())).toContain("Bruno [bad0bad0]");
    for (const text of "bruno") pli.press({ text });
    pli.press({ name: "return" });
    await settle();
    pli.press({ text: "hi" });
    pli.press({ name: "return" });
    await settle();
    expect(fake.calls).toContainEqual(["sendText", { conversation: given.conversation, text: "hi" }]);
    pli.press({ name: "c", ctrl: true });
    await ended;
    expect(ME).not.toBe(CAMILLE);
  });
});
