import type { StorageView } from "@pli/engine/api";
import { describe, expect, test } from "vitest";
import { contactNamed, createFakeApi, groupNamed, NOW, refuse } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";

const states = (pli: ReturnType<typeof createFakeWorld>) =>
  Object.fromEntries(pli.events().map(({ name, state }) => [name, state]));

/** One message, one cell, one repair. */
function withOneOfEach() {
  const fake = createFakeApi();
  const { read } = fake.api;
  fake.api.read = async (name, parameters) => {
    const value = await read(name, parameters);
    if (name !== "storage") return value;
    const { counters, ...more } = value as StorageView;
    const one = { ...counters, cellsOpened: 1, cellsExpected: 1, rejoins: 1 };
    return { ...more, messages: 1, counters: one } as typeof value;
  };
  return fake;
}

describe("pli doctor", () => {
  test("when all is well, says so and ends with 0", async () => {
    const pli = createFakeWorld();
    pli.fake.data.contacts.push(contactNamed("Camille"));
    expect(await pli.run("doctor")).toBe(0);
    expect(pli.stdout()).toContain("pli-store 0.1.0, keeps cells 30 days");
    expect(pli.stdout()).toContain("All is well.");
    expect(pli.state.closed).toBe(1);
  });

  test("in JSON, prints one object for each check, with the figures", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("doctor", "--json")).toBe(0);
    expect(states(pli)).toEqual({
      versions: "ok",
      store: "ok",
      clock: "ok",
      home: "ok",
      storage: "ok",
      profile: "ok",
      connection: "ok",
      conversations: "ok",
      messages: "ok",
    });
    expect(pli.events().find(({ name }) => name === "store")).toMatchObject({
      event: "check",
      details: { address: "http://127.0.0.1:7540", software: "pli-store 0.1.0", retentionDays: 30 },
    });
    expect(pli.events().find(({ name }) => name === "messages")).toMatchObject({
      details: { pending: 0, gaps: 0, rejoins: 0 },
    });
  });

  test("works before there is a profile", async () => {
    const pli = createFakeWorld({ home: "absent" });
    expect(await pli.run("doctor", "--json")).toBe(0);
    expect(states(pli)).toEqual({ versions: "ok", store: "ok", clock: "ok", home: "warn" });
    expect(pli.opened).toEqual([]);
  });

  test("a store that does not answer fails, with advice, and the rest is still looked at", async () => {
    const pli = createFakeWorld({ probe: { ok: false, error: "store_unreachable" } });
    pli.fake.data.status.connection.state = "offline";
    pli.fake.data.status.pending = 2;
    expect(await pli.run("doctor", "--json")).toBe(1);
    expect(states(pli)).toMatchObject({
      store: "fail",
      clock: "warn",
      storage: "ok",
      connection: "warn",
      messages: "warn",
    });
    expect(pli.events()[1]).toMatchObject({ code: "store_unreachable", advice: expect.stringContaining("--store") });
  });

  test.each([
    [7_200, "120 minutes ahead of"],
    [-7_200, "120 minutes behind"],
  ])("a clock %i seconds off fails", async (clockSkew, said) => {
    const value = { software: "s", wireVersion: 1, retentionDays: 30, clockSkew, answeredIn: 1 };
    const pli = createFakeWorld({ probe: { ok: true, value } });
    expect(await pli.run("doctor")).toBe(1);
    expect(pli.stdout()).toContain(said);
  });

  test("a folder others can read fails and says how to close it", async () => {
    const pli = createFakeWorld({ report: { mode: 0o755, bytes: 1, freeBytes: 5e9 } });
    expect(await pli.run("doctor", "--home", "/h")).toBe(1);
    expect(pli.stdout()).toContain("chmod 700 /h");
  });

  test("a disk almost full is a warning", async () => {
    const pli = createFakeWorld({ report: { mode: undefined, bytes: 1, freeBytes: 5e6 } });
    expect(await pli.run("doctor", "--json")).toBe(0);
    expect(states(pli)).toMatchObject({ home: "warn" });
  });

  test("a Node that is too old fails", async () => {
    const pli = createFakeWorld({ node: "20.19.0" });
    expect(await pli.run("doctor", "--json")).toBe(1);
    expect(states(pli)).toMatchObject({ versions: "fail" });
  });

  test("data that does not open fails with its code", async () => {
    const pli = createFakeWorld({ open: refuse("database_damaged") });
    expect(await pli.run("doctor", "--json")).toBe(1);
    expect(pli.events().at(-1)).toMatchObject({ name: "storage", state: "fail", code: "database_damaged" });
  });

  test("a trouble of the engine fails, and gaps are a warning", async () => {
    const pli = createFakeWorld();
    pli.fake.data.status.trouble = "disk_full";
    const read = pli.fake.api.read;
    pli.fake.api.read = async (name, parameters) => {
      const value = await read(name, parameters);
      if (name === "storage") Object.assign((value as { counters: object }).counters, { gaps: 3 });
      return value;
    };
    expect(await pli.run("doctor", "--json")).toBe(1);
    expect(states(pli)).toMatchObject({ storage: "fail", messages: "warn" });
  });

  test("a profile whose certificate is not valid today fails, with what to do", async () => {
    const pli = createFakeWorld();
    pli.fake.data.status.trouble = "profile_out_of_time";
    expect(await pli.run("doctor", "--json")).toBe(1);
    expect(states(pli)).toMatchObject({ profile: "fail", storage: "ok" });
  });

  test("what a store says of itself cannot act on the terminal", async () => {
    const value = { software: "x\u001b[2Jy", wireVersion: 1, retentionDays: 30, clockSkew: 0, answeredIn: 1 };
    const pli = createFakeWorld({ probe: { ok: true, value } });
    await pli.run("doctor");
    expect(pli.stdout()).toContain("x⟨U+001B⟩[2Jy");
    expect(pli.stdout()).not.toContain("\u001b");
  });

  test("not all is well while a group cannot go on: it is named, since when, and for whom it waits", async () => {
    const pli = createFakeWorld();
    const [anna, boris] = [contactNamed("Anna"), contactNamed("Boris", "b0b0".padEnd(64, "0"))];
    const rejoining = { since: NOW, waitsFor: [anna, boris], answered: [], refusedBy: [] };
    pli.fake.data.groups.push(
      groupNamed("Budget", [anna, boris], { state: "rejoining", rejoining }),
      groupNamed("Choir", [anna], { id: "c0".repeat(16) }),
    );
    expect(await pli.run("doctor")).toBe(0);
    expect(pli.stdout()).toMatch(
      /look +conversations “Budget”: being set up again since .*2026.*\. Waiting for one of: Anna, Boris\.\n/u,
    );
    expect(pli.stdout()).toContain("→ It is enough that one of them opens Pli.");
    expect(pli.stdout()).not.toContain("All is well.");
    expect(pli.stdout()).not.toContain("Choir");
    const json = createFakeWorld({ fake: pli.fake });
    await json.run("doctor", "--json");
    expect(json.events().filter(({ name }) => name === "conversations")).toMatchObject([
      { state: "warn", details: { group: "Budget", since: NOW, waitsFor: [{ name: "Anna" }, { name: "Boris" }] } },
    ]);
  });

  test("not all is well while a conversation is being set up again; who was blocked is not waited for", async () => {
    const pli = createFakeWorld();
    pli.fake.data.contacts.push(contactNamed("Anna"), contactNamed("Boris", "b0b0".padEnd(64, "0"), { blocked: true }));
    const { read } = pli.fake.api;
    pli.fake.api.read = async (name, parameters) => {
      const value = await read(name, parameters);
      if (name === "conversations") for (const one of value as { state: string }[]) one.state = "rejoining";
      return value;
    };
    expect(await pli.run("doctor")).toBe(0);
    expect(pli.stdout()).toContain("with Anna: being set up again, waiting for Anna");
    expect(pli.stdout()).not.toContain("Boris");
    expect(pli.stdout()).not.toContain("All is well.");
  });

  test("one contact and one message are counted as one, and leave by themselves", async () => {
    const pli = createFakeWorld();
    pli.fake.data.contacts.push(contactNamed("Anna"));
    pli.fake.data.status.pending = 1;
    await pli.run("doctor");
    expect(pli.stdout()).toContain("Alice, 1 contact\n");
    expect(pli.stdout()).toContain("not sent yet: 1 message\n");
    expect(pli.stdout()).toContain("Sending continues while Pli runs");
  });

  test.each([
    [
      { blocked: { suspects: [], mayFound: true } },
      "“Choir”: Somebody keeps the changes of this group from happening.",
    ],
    [{ state: "joining" as const }, "“Choir”: you are joining it"],
    [{ state: "rejoining" as const }, "“Choir”: being set up again"],
  ])("a group with %j is not well", async (more, said) => {
    const pli = createFakeWorld();
    pli.fake.data.groups.push(groupNamed("Choir", [], more));
    expect(await pli.run("doctor")).toBe(0);
    expect(pli.stdout()).toContain(said);
    expect(pli.stdout()).not.toContain("All is well.");
  });

  test("looks once all that can leave has left, and whatever still waits is not well", async () => {
    const pli = createFakeWorld();
    const { status } = pli.fake.data;
    status.pending = 2;
    pli.fake.does.drain = () => void Object.assign(status, { pending: 0, waiting: { ...status.waiting, notes: 1 } });
    await pli.run("doctor");
    expect(pli.stdout()).toContain("not sent yet: 1 note of this device to another\n");
    expect(pli.stdout()).not.toContain("All is well.");
  });

  test("receipts have times of their own: they are said, and all is well", async () => {
    const pli = createFakeWorld();
    pli.fake.data.status.waiting.receipts = 1;
    await pli.run("doctor");
    expect(pli.stdout()).toContain("1 receipt leaves with what you write next, or while Pli runs\n");
    expect(pli.stdout()).toContain("All is well.");
  });

  test.each([
    ["en", "1 message in ", "1 cell opened of 1 expected; 0 gaps, 0 undecryptable, 1 repair"],
    ["fr", "1 message dans ", "1 cellule ouverte sur 1 attendue\u202f; 0 manque, 0 indéchiffrable, 1 réparation"],
  ])("counts one as one, in %s", async (language, storage, messages) => {
    const pli = createFakeWorld({ fake: withOneOfEach() });
    await pli.run("doctor", "--lang", language);
    expect(pli.stdout()).toContain(storage);
    expect(pli.stdout()).toContain(messages);
  });

  test("the figures of self-healing are shown: expected, opened, missing, unreadable, repaired", async () => {
    const { fake } = createFakeWorld();
    const { read } = fake.api;
    fake.api.read = async (name, parameters) => {
      const value = await read(name, parameters);
      const counters = {
        cellsExpected: 50,
        cellsOpened: 40,
        gaps: 3,
        undecryptable: 2,
        rejoins: 1,
        forks: 1,
        refoundings: 2,
      };
      if (name === "storage") Object.assign((value as { counters: object }).counters, counters);
      return value;
    };
    const pli = createFakeWorld({ fake });
    await pli.run("doctor");
    expect(pli.stdout()).toContain("40 cells opened of 50 expected; 3 gaps, 2 undecryptable, 4 repairs");
    const json = createFakeWorld({ fake });
    await json.run("doctor", "--json");
    expect(json.events()).toContainEqual(
      expect.objectContaining({
        event: "check",
        name: "messages",
        details: expect.objectContaining({ cellsExpected: 50, repairs: 4 }),
      }),
    );
  });
});
