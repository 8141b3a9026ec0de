import { expect, test } from "vitest";
import { textFrom } from "../fake-api.ts";
import { camille } from "../people.ts";
import { createAlice, idOf } from "./alice.ts";

const [one, two] = [idOf("aaaaaaaa1111"), idOf("aaaaaaaa2222")];
const both = [textFrom(camille, one, "the blue door"), textFrom(camille, two, "the red door")];

test("pli reply, edit, react, star and delete act on the one message whose identifier begins so", async () => {
  const pli = createAlice(...both);
  expect(await pli.run("reply", "aaaaaaaa1111", "Which", "door?")).toBe(0);
  expect(await pli.run("edit", one, "Another", "door")).toBe(0);
  expect(await pli.run("react", one, "❤️")).toBe(0);
  expect(await pli.run("react", one, "none")).toBe(0);
  expect(await pli.run("star", one)).toBe(0);
  expect(await pli.run("star", one, "--off")).toBe(0);
  pli.clear();
  expect(await pli.run("delete", one, "--everyone", "--json")).toBe(0);
  expect(pli.events()).toEqual([{ event: "deleted", id: one, everyone: true }]);
  expect(await pli.run("delete", two)).toBe(0);
  expect(await pli.run("delete", "cam", one, "--everyone")).toBe(0);
  expect(pli.fake.calls).toEqual([
    ["sendText", { conversation: camille.conversation, text: "Which door?", replyTo: one }],
    ["editText", { message: one, text: "Another door" }],
    ["react", { message: one, emoji: "❤️" }],
    ["react", { message: one }],
    ["star", { message: one, on: true }],
    ["star", { message: one, on: false }],
    ["deleteForEveryone", { message: one }],
    ["forgetMessage", { message: two }],
    ["deleteForEveryone", { message: one }],
  ]);
});

test("an identifier of several messages, of none, or that is none, is refused, and nothing is done", async () => {
  const pli = createAlice(...both);
  for (const id of ["aaaaaaaa", "bbbbbbbb", "aaaa", "%", "aaaaaaaa1111'"]) {
    expect(await pli.run("react", id, "👍")).toBe(4);
  }
  expect(await pli.run("react", one)).toBe(2);
  expect(await pli.run("star")).toBe(2);
  expect(await pli.run("delete", "bbbbbbbb")).toBe(4);
  expect(await pli.run("delete", "%")).toBe(2);
  expect(pli.fake.calls).toEqual([]);
});

test("pli forward sends the text to each of several, or to none if one is unknown", async () => {
  const pli = createAlice(...both);
  expect(await pli.run("forward", one, "cam", "nobody")).toBe(4);
  expect(pli.fake.calls).toEqual([]);
  expect(await pli.run("forward", one, "cam", "choir")).toBe(0);
  expect(pli.fake.calls.map(([, parameters]) => parameters)).toEqual([
    { conversation: camille.conversation, text: "the blue door" },
    { conversation: expect.any(String), text: "the blue door" },
  ]);
});

test("messages show what they answer, that they were edited, reactions, stars and deletions", async () => {
  const evil = "Eve\u001b[2J\r\n\u202e\u009b31m";
  const from = { order: 1, from: camille.id, fromName: evil, mine: false };
  const pli = createAlice(
    textFrom(camille, one, "the blue door", {
      replyTo: { message: two, state: "here", text: evil, ...from },
      edited: 1_790_000_000_000,
      reactions: [{ emoji: "👍", mine: false, people: [{ id: camille.id, name: evil }] }],
      starred: true,
    }),
    textFrom(camille, two, "", { body: { kind: "deleted" } }),
  );
  await pli.run("messages", "cam");
  expect(pli.stdout()).toContain("the blue door");
  expect(pli.stdout()).toMatch(/↪ .*Eve/u);
  expect(pli.stdout()).toContain("(edited)");
  expect(pli.stdout()).toContain("👍 ");
  expect(pli.stdout()).toContain("(starred)");
  expect(pli.stdout()).toContain("Camille deleted a message.");
  expect(pli.stdout()).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
  pli.clear();
  await pli.run("messages", "cam", "--json");
  expect(pli.events()).toMatchObject([
    {
      replyTo: { id: two, state: "here", text: evil },
      edited: 1_790_000_000_000,
      reactions: [{ emoji: "👍", people: [{ id: camille.id, name: evil }] }],
      starred: true,
    },
    { event: "notice", kind: "deleted", deleted: true },
  ]);
});
