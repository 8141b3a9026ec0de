import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { refuse } from "./fake-api.ts";
import { createFakeWorld, settle } from "./fake-world.ts";
import { camille, withContacts } from "./people.ts";

describe("opening the folder", () => {
  test("without a profile every command says how to make one", async () => {
    for (const argv of [["contacts"], ["invite"], ["accept", "x"], ["send", "a", "b"], ["listen"], ["messages", "a"]]) {
      const pli = createFakeWorld({ home: "absent" });
      expect(await pli.run(...argv)).toBe(3);
      expect(pli.stderr()).toContain("pli init --name");
      expect(pli.stdout()).toBe("");
    }
  });

  test("a passphrase is asked for in a terminal, three times at most", async () => {
    const open = refuse("passphrase_wrong");
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets: ["a", "b", "c", "d"], open });
    expect(await pli.run("contacts")).toBe(3);
    expect(pli.opened.map(({ unlock }) => unlock)).toEqual([
      { passphrase: "a" },
      { passphrase: "b" },
      { passphrase: "c" },
    ]);
    expect(pli.stdout()).toBe("");
  });

  test("a passphrase from a file is tried once", async () => {
    const pli = createFakeWorld({ home: "passphrase", files: { "/p": "wrong" }, open: refuse("passphrase_wrong") });
    expect(await pli.run("contacts", "--passphrase-file", "/p")).toBe(3);
    expect(pli.opened).toHaveLength(1);
  });

  test("with nobody to ask, it says how to give the passphrase", async () => {
    const pli = createFakeWorld({ home: "passphrase" });
    expect(await pli.run("contacts", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "locked" }]);
    expect(pli.stderr()).toContain("--passphrase-file");
  });

  test("a store address that is none is named before anything is opened", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("contacts", "--store", "pli.example.org")).toBe(2);
    expect(pli.opened).toEqual([]);
  });

  test("an unforeseen failure shows no inside, unless asked", async () => {
    const open = () => Promise.reject(new Error("secret\u001b[2J detail"));
    const quiet = createFakeWorld({ open });
    expect(await quiet.run("contacts")).toBe(1);
    expect(quiet.stderr()).not.toContain("secret");
    const loud = createFakeWorld({ open, env: { PLI_DEBUG: "1" } });
    await loud.run("contacts");
    expect(loud.stderr()).toContain("secret⟨U+001B⟩[2J detail");
  });

  test.each([
    ["database_damaged", 1],
    ["disk_full", 1],
    ["passphrase_wrong", 3],
    ["store_unreachable", 6],
  ] as const)("%s ends with %i and its sentence", async (code, exit) => {
    const pli = createFakeWorld({ open: () => Promise.reject(new PliError(code)) });
    expect(await pli.run("contacts", "--json")).toBe(exit);
    expect(pli.events()).toMatchObject([{ event: "failed", code, message: expect.stringMatching(/^[A-Z].*\.$/u) }]);
  });
});

describe("an engine that is lost for good", () => {
  test.each([["listen"], ["send", "Camille", "x"]])("ends pli %s with its reason", async (...argv) => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.data.status.connection.state = "connecting";
    const ended = pli.run(...argv, "--json");
    await settle();
    pli.lose(new PliError("database_damaged"));
    expect(await ended).toBe(1);
    expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: "database_damaged" });
    expect(pli.stderr()).toContain("Start it again.");
    expect(pli.state.closed).toBe(1);
  });

  test("whose reason has no code is said to be the data that cannot be read", async () => {
    const pli = createFakeWorld();
    const ended = pli.run("listen", "--json");
    await settle();
    pli.lose(new Error("ENOENT"));
    expect(await ended).toBe(1);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "database_failed" }]);
  });
});

describe("the lock", () => {
  const HOUR = 3_600_000;
  const madeBefore = (ms: number, p: Parameters<typeof createFakeWorld>[0] = {}) => {
    const pli = createFakeWorld({ terminal: true, ...p });
    const { profile } = pli.fake.data.status;
    if (profile !== undefined) profile.createdAt -= ms;
    return pli;
  };

  test("is offered once in the first week of a profile that a key file opens", async () => {
    const pli = madeBefore(24 * HOUR);
    await pli.run("contacts");
    expect(pli.stderr()).toContain("Nothing locks this profile. For a passphrase: pli passphrase");
    expect(pli.stdout()).not.toContain("pli passphrase");
    const said = pli.stderr();
    await pli.run("contacts");
    expect(pli.stderr()).toBe(said);
  });

  test.each([
    ["in the first hour", 0, {}],
    ["after the week", 8 * 24 * HOUR, {}],
    ["in a script", 24 * HOUR, { terminal: false }],
    ["where a passphrase opens it", 24 * HOUR, { home: "passphrase", secrets: ["right one"] }],
  ] satisfies [string, number, Parameters<typeof createFakeWorld>[0]][])("is not offered %s", async (_, age, p) => {
    const pli = madeBefore(age, p);
    expect(await pli.run("contacts")).toBe(0);
    expect([pli.stderr().includes("pli passphrase"), pli.state.isLockOffered]).toEqual([false, false]);
  });
});
