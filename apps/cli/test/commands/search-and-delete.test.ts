import { describe, expect, test } from "vitest";
import { textFrom } from "../fake-api.ts";
import { camille } from "../people.ts";
import { createAlice, idOf } from "./alice.ts";

/**
 * Control characters but the line ends of ours, and marks that turn the direction of what follows.
 */
const ACTS = /(?!\n)[\p{Cc}\u202a-\u202e]/u;

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
