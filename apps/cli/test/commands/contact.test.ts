import { describe, expect, test } from "vitest";
import { CAMILLE, refuse } from "../fake-api.ts";
import { createAlice } from "./alice.ts";

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
      "is erased from your devices.",
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
