import { describe, expect, test } from "vitest";
import { CAMILLE, contactNamed } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";
import { camille, withContacts } from "../people.ts";

describe("pli contacts", () => {
  test("prints one object for each", async () => {
    const pli = createFakeWorld({
      fake: withContacts(camille, contactNamed("Bob", "b0b".padEnd(64, "0"), { level: 1, blocked: true })),
    });
    expect(await pli.run("contacts", "--json")).toBe(0);
    expect(pli.events()).toEqual([
      {
        event: "contact",
        name: "Camille",
        level: 3,
        id: CAMILLE,
        conversation: camille.conversation,
        blocked: false,
        groups: [],
      },
      expect.objectContaining({ name: "Bob", level: 1, blocked: true }),
    ]);
  });

  test("shows people their dots", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    await pli.run("contacts");
    expect(pli.stdout()).toBe("●●●  Camille  c0ffee00  verified\n");
  });

  test("with nobody in it, the list says how to begin, and JSON says nothing", async () => {
    const people = createFakeWorld();
    await people.run("contacts");
    expect(people.stdout()).toContain("pli invite");
    const script = createFakeWorld();
    await script.run("contacts", "--json");
    expect(script.stdout()).toBe("");
  });
});
