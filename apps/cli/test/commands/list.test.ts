import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/arguments.ts";
import type { Command } from "../../src/commands/command.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { helpEn } from "../../src/words/help-en.ts";
import { helpFr } from "../../src/words/help-fr.ts";

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
