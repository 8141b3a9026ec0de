import type { MessageView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { helpEn } from "../src/words/help-en.ts";
import { helpFr } from "../src/words/help-fr.ts";
import { parseCommandLine } from "../src/arguments.ts";
import type { Command } from "../src/commands/command.ts";
import { COMMANDS } from "../src/commands/list.ts";
import { CAMILLE, contactNamed, createFakeApi, groupNamed, GROUP, ME, refuse, textFrom } from "./fake-api.ts";
import { createFakeWorld } from "./fake-world.ts";

const camille = contactNamed("Camille");
/**
 * Control characters but the line ends of ours, and marks that turn the direction of what follows.
 */
const ACTS = /(?!\n)[\p{Cc}\u202a-\u202e]/u;
const idOf = (first: string): string => first.padEnd(64, "0");

/**
 * Alice, who knows Camille and is in a group with her; these messages are in their conversation.
 */
function createAlice(...messages: MessageView[]) {
  const fake = createFakeApi();
  fake.data.contacts.push({ ...camille });
  fake.data.groups.push(groupNamed("Choir", [camille]));
  fake.data.messages.push(...messages);
  fake.does.block = ({ blocked }: { blocked: boolean }) => void Object.assign(fake.data.contacts[0] ?? {}, { blocked });
  fake.does.nameContact = ({ name }: { name: string }) =>
    void Object.assign(fake.data.contacts[0] ?? {}, { name: name === "" ? "Camille" : name });
  return createFakeWorld({ fake });
}

describe("a contact", () => {
  test.each<[string[], [string, unknown], Record<string, unknown>, string]>([
    [
      ["block", "cam"],
      ["block", { contact: CAMILLE, blocked: true, erase: false }],
      { event: "contact", id: CAMILLE, blocked: true },
      "Camille is blocked.",
    ],
    [
      ["block", "cam", "--erase"],
      ["block", { contact: CAMILLE, blocked: true, erase: true }],
      { event: "contact", blocked: true },
      "is erased from this device.",
    ],
    [["unblock", "cam"], ["block", { contact: CAMILLE, blocked: false }], { blocked: false }, "no longer blocked"],
    [
      ["name", "cam", "The", "neighbour"],
      ["nameContact", { contact: CAMILLE, name: "The neighbour" }],
      { event: "contact", name: "The neighbour" },
      "This contact is called The neighbour here.",
    ],
    [
      ["name", "cam", "--clear"],
      ["nameContact", { contact: CAMILLE, name: "" }],
      { event: "contact", name: "Camille" },
      "is called Camille here.",
    ],
  ])("pli %j", async (words, call, event, sentence) => {
    const pli = createAlice();
    expect(await pli.run(...words, "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([call]);
    expect(pli.events()).toMatchObject([event]);
    const people = createAlice();
    expect(await people.run(...words)).toBe(0);
    expect(people.stdout()).toContain(sentence);
  });

  test("that nobody is ends with 4, and changes nothing", async () => {
    const pli = createAlice();
    expect(await pli.run("block", "Nobody")).toBe(4);
    expect(pli.fake.calls).toEqual([]);
  });

  test("whose name is refused stays as it was, with the reason", async () => {
    const pli = createAlice();
    pli.fake.does.nameContact = refuse("name_too_long");
    expect(await pli.run("name", "cam", "x".repeat(65))).toBe(2);
  });
});

describe("a conversation", () => {
  test("is muted and announced again, a group too", async () => {
    const pli = createAlice();
    expect(await pli.run("mute", "Choir", "--json")).toBe(0);
    expect(await pli.run("unmute", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([
      ["mute", { conversation: GROUP, muted: true }],
      ["mute", { conversation: camille.conversation, muted: false }],
    ]);
    expect(pli.events()).toEqual([
      { event: "muted", contact: null, contactId: null, group: "Choir", groupId: GROUP, muted: true },
      { event: "muted", contact: "Camille", contactId: CAMILLE, muted: false },
    ]);
  });

  test("what could not be sent there is tried again, and nothing else", async () => {
    const mine = { mine: true, from: ME };
    const pli = createAlice(
      textFrom(camille, "a", "lost", { ...mine, state: "failed", error: "store_full" }),
      textFrom(camille, "b", "fine", { ...mine, state: "sent" }),
      textFrom(camille, "c", "theirs"),
    );
    expect(await pli.run("resend", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([["resend", { message: "a" }]]);
    expect(pli.events()).toMatchObject([{ event: "message", id: "a", state: "saved" }]);
  });

  test("what was not kept is asked for", async () => {
    const held = { kind: "held", count: 3, bytes: 9, mayAsk: true } as const;
    const pli = createAlice(textFrom(camille, "h", "", { body: held }));
    expect(await pli.run("again", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([["askForHeld", { message: "h" }]]);
    expect(pli.events()).toEqual([{ event: "asked", count: 1 }]);
  });
});

describe("messages", () => {
  const [one, two] = [idOf("aaaaaaaa1111"), idOf("aaaaaaaa2222")];
  const both = [textFrom(camille, one, "the blue door"), textFrom(camille, two, "the red door")];

  test("are found by their words, each with where it is", async () => {
    const pli = createAlice(...both);
    pli.fake.does.search = () =>
      pli.fake.data.messages.toReversed().map((message) => ({ message, conversationName: "Camille" }));
    expect(await pli.run("search", "the", "door", "--limit", "7", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([["search", { text: "the door", limit: 7 }]]);
    expect(pli.events().map(({ text, contact }) => [text, contact])).toEqual([
      ["the blue door", "Camille"],
      ["the red door", "Camille"],
    ]);
    pli.clear();
    await pli.run("search", "door");
    expect(pli.stdout()).toMatch(/23 November 2026\n.*Camille: the blue door\n.*Camille: the red door\n$/u);
  });

  test("that are not found are said not to be there", async () => {
    const pli = createAlice();
    pli.fake.does.search = () => [];
    expect(await pli.run("search", "nothing")).toBe(0);
    expect(pli.stdout()).toBe("No message has these words.\n");
  });

  test("are deleted from this device by the identifiers that --ids shows, all or none", async () => {
    const pli = createAlice(...both);
    await pli.run("messages", "cam", "--ids");
    expect(pli.stdout()).toMatch(/\naaaaaaaa1111 {2}.*the blue door\naaaaaaaa2222 {2}.*the red door/u);
    pli.clear();
    expect(await pli.run("delete", "cam", "aaaaaaaa1111", "aaaaaaaa", "--json")).toBe(4);
    expect(await pli.run("delete", "cam", "aaaa")).toBe(4);
    expect(pli.fake.calls).toEqual([]);
    pli.clear();
    expect(await pli.run("delete", "cam", "AAAAAAAA1111", two, "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([
      ["forgetMessage", { message: one }],
      ["forgetMessage", { message: two }],
    ]);
    expect(pli.events()).toEqual([
      { event: "deleted", id: one },
      { event: "deleted", id: two },
    ]);
  });
});

test("a name or a text that tries to act on the terminal does not, in any of these", async () => {
  const evil = "Eve\u001b[2J\r\n\u202e\u009b31m";
  const pli = createAlice(textFrom(camille, idOf("aaaaaaaa"), evil));
  Object.assign(pli.fake.data.contacts[0] ?? {}, { name: evil, ownName: evil });
  pli.fake.does.nameContact = () => undefined;
  pli.fake.does.search = () => pli.fake.data.messages.map((message) => ({ message, conversationName: evil }));
  const id = camille.id.slice(0, 8);
  for (const words of [
    ["block", id],
    ["unblock", id],
    ["name", id, "--clear"],
    ["mute", id],
    ["messages", id, "--ids"],
    ["search", "x"],
  ])
    expect([words, await pli.run(...words)]).toEqual([words, 0]);
  expect(pli.stdout() + pli.stderr()).not.toMatch(ACTS);
});

describe("settings", () => {
  test("whether others learn what one has read is said and changed", async () => {
    const pli = createAlice();
    pli.fake.does.changeSettings = (change: object) => void Object.assign(pli.fake.data.settings, change);
    await pli.run("receipts", "--json");
    await pli.run("receipts", "off", "--json");
    expect(pli.events()).toEqual([
      { event: "receipts", on: true },
      { event: "receipts", on: false },
    ]);
  });

  test("a passphrase is typed twice, and again while it is too short: nothing goes to the shell", async () => {
    const secrets = ["short", "one two three", "one two three"];
    const pli = createFakeWorld({ terminal: true, secrets });
    expect(await pli.run("passphrase")).toBe(0);
    expect(pli.unlocked).toEqual([
      { home: "/home/alice/.local/share/pli", from: { keyFile: true }, to: { passphrase: "one two three" } },
    ]);
    expect(pli.stderr()).toContain("This is shorter than 8 characters.");
    expect(pli.prompts[0]).toContain("of at least 8 characters");
  });

  test("the present one is asked for before the new one, and again when it is wrong", async () => {
    const secrets = ["wrong one", "right one", "one two three", "one two three"];
    const unlocks: unknown[] = [];
    const open: NonNullable<Parameters<typeof createFakeWorld>[0]>["open"] = ({ unlock }) => {
      unlocks.push(unlock);
      return unlocks.length === 1 ? Promise.reject(new PliError("passphrase_wrong")) : Promise.resolve(pli.home);
    };
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets, open });
    expect(await pli.run("passphrase")).toBe(0);
    expect(pli.unlocked).toMatchObject([{ from: { passphrase: "right one" }, to: { passphrase: "one two three" } }]);
  });

  test("a script gives both in files, or takes a key file in their place", async () => {
    const files = { "/old": "the old one\n", "/new": "the new one\n" };
    const pli = createFakeWorld({ home: "passphrase", files });
    expect(await pli.run("passphrase", "--passphrase-file", "/old", "--new-passphrase-file", "/new", "--json")).toBe(0);
    expect(await pli.run("passphrase", "--passphrase-file", "/old", "--none", "--json")).toBe(0);
    const from = { passphrase: "the old one" };
    expect(pli.unlocked).toMatchObject([
      { from, to: { passphrase: "the new one" } },
      { from, to: { keyFile: true } },
    ]);
    expect(pli.events()).toEqual([
      { event: "protection", keyed: "passphrase" },
      { event: "protection", keyed: "keyfile" },
    ]);
  });

  test("where there is no profile there is nothing to protect", async () => {
    expect(await createFakeWorld({ home: "absent" }).run("passphrase", "--none")).toBe(3);
  });
});

test.each(COMMANDS.map(({ name }) => name))(
  "pli %s has help in both languages that begins with the command",
  (name) => {
    for (const help of [helpEn, helpFr]) {
      expect(help[name].startsWith(`pli ${name}`)).toBe(true);
      expect(help.all).toContain(name);
    }
  },
);

test("the list has every command once, and there is no help but theirs", () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(names.toSorted()).toEqual(
    Object.keys(helpEn)
      .filter((name) => name !== "all")
      .toSorted(),
  );
});

test("an option that several commands have is written in one way", () => {
  const declared = COMMANDS.flatMap(({ options, subcommands = [] }: Command) => [
    ...Object.entries(options ?? {}),
    ...subcommands.flatMap((one) => Object.entries(one.options ?? {})),
  ]);
  const types = new Map(declared.map(([name, { type }]) => [name, type]));
  expect(declared.filter(([name, { type }]) => types.get(name) !== type)).toEqual([]);
});

test.each<[string[], string]>([
  [["block"], "CONTACT"],
  [["name", "cam"], "NAME"],
  [["delete", "cam"], "MESSAGE"],
  [["search"], "TEXT"],
  [["mute"], "CONTACT"],
])("pli %j says that %s is missing", (argv, word) => {
  expect(parseCommandLine(argv, {})).toMatchObject({ ok: false, error: { problem: "word_missing", word } });
});
