import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../src/arguments.ts";
import { valueWrong, wordsWrong } from "../src/line/errors.ts";
import { createFakeWorld } from "./fake-world.ts";

const parse = (...argv: string[]) => parseCommandLine(argv, { LANG: "C" });
const command = (...argv: string[]) => {
  const line = parse(...argv);
  return line.ok ? line.value : line.error;
};

describe("the command line", () => {
  test("alone, pli is the chat", () => {
    expect(command()).toEqual({ name: "chat" });
  });

  test("options of every command stand before or after it", () => {
    const expected = { home: "/h", store: "http://s", json: true, language: "fr", passphraseFile: "/p" };
    const options = ["--home", "/h", "--store=http://s", "--json", "--lang", "fr", "--passphrase-file", "/p"];
    expect(parse(...options, "contacts")).toEqual({ globals: expected, ok: true, value: { name: "contacts" } });
    expect(parse("contacts", ...options).globals).toEqual(expected);
  });

  test("the environment fills what is left out, and empty variables fill nothing", () => {
    const env = { PLI_HOME: "/e", PLI_STORE: "", PLI_PASSPHRASE_FILE: "/f", LC_ALL: "", LANG: "fr_FR.UTF-8" };
    const { globals } = parseCommandLine(["contacts"], env);
    expect(globals).toEqual({ home: "/e", store: undefined, json: false, language: "fr", passphraseFile: "/f" });
    expect(parseCommandLine(["--home", "/h"], env).globals.home).toBe("/h");
  });

  test.each([
    ["fr_CA.UTF-8", "fr"],
    ["fr", "fr"],
    ["en_US.UTF-8", "en"],
    ["frr_DE", "en"],
    ["C", "en"],
    ["de_DE", "en"],
  ])("LANG=%s speaks %s", (LANG, language) => {
    expect(parseCommandLine([], { LANG }).globals.language).toBe(language);
  });

  test("LC_ALL wins over LANG, and --lang over both", () => {
    expect(parseCommandLine([], { LC_ALL: "fr_FR", LANG: "en_US" }).globals.language).toBe("fr");
    expect(parseCommandLine(["--lang", "en"], { LC_ALL: "fr_FR" }).globals.language).toBe("en");
  });

  test("each command has its words and options", () => {
    expect(command("init", "--name", "Ève")).toEqual({
      name: "init",
      displayName: "Ève",
      askPassphrase: false,
      isLinked: false,
    });
    expect(command("init", "--passphrase")).toEqual({
      name: "init",
      displayName: undefined,
      askPassphrase: true,
      isLinked: false,
    });
    expect(command("init", "--link")).toMatchObject({ isLinked: true });
    expect(command("device")).toEqual({ name: "device", action: { what: "list" } });
    expect(command("device", "rename", "Phone", "Old phone")).toEqual({
      name: "device",
      action: { what: "rename", device: "Phone", name: "Old phone" },
    });
    expect(command("invite", "--base", "https://x")).toEqual({ name: "invite", base: "https://x" });
    expect(command("accept", "https://x/i#y")).toEqual({ name: "accept", link: "https://x/i#y" });
    expect(command("accept")).toEqual({ name: "accept", link: undefined });
    expect(command("send", "Bob", "hello", "there")).toEqual({
      name: "send",
      contact: "Bob",
      text: "hello there",
      patience: 10,
    });
    expect(command("send", "Bob", "-", "--wait", "0")).toEqual({
      name: "send",
      contact: "Bob",
      text: "-",
      patience: 0,
    });
    expect(command("send", "Bob", "--", "-5 °C")).toEqual({
      name: "send",
      contact: "Bob",
      text: "-5 °C",
      patience: 10,
    });
    expect(command("listen", "--unread")).toEqual({ name: "listen", unread: true });
    expect(command("messages", "Bob", "--limit", "3")).toEqual({
      name: "messages",
      contact: "Bob",
      limit: 3,
      ids: false,
    });
    expect(command("messages", "Bob")).toEqual({ name: "messages", contact: "Bob", limit: 50, ids: false });
    expect(command("messages", "Bob", "--before", "1200000")).toMatchObject({ before: 1_200_000, limit: 50 });
    expect(command("messages", "Bob", "--after", "0")).toMatchObject({ after: 0 });
    expect(command("doctor")).toEqual({ name: "doctor" });
    expect(command("accept", "https://a.example/i#AR", "Vod")).toEqual({
      name: "accept",
      link: "https://a.example/i#AR Vod",
    });
    expect(command("invite", "--name", "Bob")).toEqual({ name: "invite", base: undefined, invitationName: "Bob" });
    expect(command("invitations")).toEqual({ name: "invitations", action: { what: "list" } });
    expect(command("invitations", "resume", "Bob")).toEqual({
      name: "invitations",
      action: { what: "resume", invitation: "Bob" },
    });
  });

  test("help and version come before anything else", () => {
    expect(command("--help")).toEqual({ name: "help", about: undefined });
    expect(command("help", "send")).toEqual({ name: "help", about: "send" });
    expect(command("send", "-h")).toEqual({ name: "help", about: "send" });
    expect(command("--version")).toEqual({ name: "version" });
  });

  test.each([
    [["dance"], { problem: "unknown_command", word: "dance" }],
    [["--wings"], { problem: "unknown_option", word: "--wings" }],
    [["send", "Bob", "-5"], { problem: "unknown_option", word: "-5" }],
    [["contacts", "--unread"], { problem: "option_elsewhere", word: "--unread" }],
    [["--name", "x"], { problem: "option_elsewhere", word: "--name" }],
    [["init", "--name"], { problem: "value_missing", word: "--name" }],
    [["init", "--name", "--json"], { problem: "value_missing", word: "--name" }],
    [["init", "--home="], { problem: "value_missing", word: "--home" }],
    [["--json=yes"], valueWrong("--json", { what: "nothing" })],
    [["--lang", "de"], wordsWrong("--lang", ["fr", "en"])],
    [["send"], { problem: "word_missing", word: "CONTACT" }],
    [["send", "Bob"], { problem: "word_missing", word: "TEXT" }],
    [["send", "Bob", "x", "--wait", "soon"], valueWrong("--wait", { what: "number", least: 0, most: 3_600 })],
    [["messages"], { problem: "word_missing", word: "CONTACT" }],
    [["messages", "Bob", "--limit", "0"], valueWrong("--limit", { what: "number", least: 1, most: 999_999 })],
    [["messages", "Bob", "--limit", "1e9"], valueWrong("--limit", { what: "number", least: 1, most: 999_999 })],
    [["invite", "--base", "notaurl"], valueWrong("--base", { what: "address" })],
    [["invite", "--base", "ftp://x"], valueWrong("--base", { what: "address" })],
    [["invite", "--base", "https://x/?a#b"], valueWrong("--base", { what: "address" })],
    [["group", "rules", "g", "--timer", "1y"], valueWrong("--timer", { what: "time" })],
    [["group", "rules", "g", "--who-adds", "all"], wordsWrong("--who-adds", ["admins", "members"])],
    [["group", "asking", "maybe"], wordsWrong("maybe", ["on", "off"])],
    [["send", "Bob", "caf\ufffd"], { problem: "not_text", word: "caf\ufffd" }],
    [["messages", "Bob", "--before", "-1"], { problem: "value_missing", word: "--before" }],
    [
      ["messages", "Bob", "--before", "now"],
      valueWrong("--before", { what: "number", least: 0, most: 999_999_999_999_999 }),
    ],
    [
      ["messages", "Bob", "--after", "1".repeat(16)],
      valueWrong("--after", { what: "number", least: 0, most: 999_999_999_999_999 }),
    ],
    [["messages", "Bob", "--before", "3", "--after", "1"], { problem: "word_extra", word: "--after" }],
    [["contacts", "Bob"], { problem: "word_extra", word: "Bob" }],
    [["invitations", "a"], { problem: "unknown_command", word: "a" }],
    [["invitations", "list", "a"], { problem: "word_extra", word: "a" }],
    [["invitations", "resume", "a", "b"], { problem: "word_extra", word: "b" }],
    [["invitations", "stop"], { problem: "word_missing", word: "INVITATION" }],
    [["send", "Bob", "x", "--name", "y"], { problem: "option_elsewhere", word: "--name" }],
  ])("%j is refused, naming what is wrong", (argv, error) => {
    expect(command(...argv)).toEqual(error);
  });

  test.each([
    ["12h", 43_200],
    ["1d", 86_400],
    ["1j", 86_400],
    ["2w", 1_209_600],
    ["2sem", 1_209_600],
    ["off", 0],
  ])("--timer %s is %i seconds, in the units of either language", (value, timer) => {
    expect(command("group", "rules", "g", "--timer", value)).toMatchObject({ action: { rules: { timer } } });
  });

  test.each([
    ["en", "--timer: this value is not possible. It is off, or a number of hours, days or weeks up to a year: 12h, 1d"],
    ["fr", "--timer\u202f: cette valeur n’est pas possible. C’est off, ou un nombre d’heures, de jours ou de semaines"],
  ])("a value that is not possible names those that are, in %s", async (language, sentence) => {
    const pli = createFakeWorld();
    expect(await pli.run("--lang", language, "group", "rules", "g", "--timer", "1y")).toBe(2);
    expect(pli.stderr()).toContain(sentence);
  });
});
