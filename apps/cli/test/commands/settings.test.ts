import { PauseError, PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { createFakeWorld } from "../fake-world.ts";
import { createAlice } from "./alice.ts";

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

  test("a lockdown is said and changed, in both languages", async () => {
    const pli = createAlice();
    pli.fake.does.changeSettings = (change: object) => void Object.assign(pli.fake.data.settings, change);
    await pli.run("lockdown", "--json");
    await pli.run("lockdown", "on", "--json");
    expect(pli.events()).toEqual([
      { event: "lockdown", on: false },
      { event: "lockdown", on: true },
    ]);
    pli.clear();
    await pli.run("lockdown");
    await pli.run("lockdown", "off", "--lang", "fr");
    expect(pli.stdout()).toContain("Lockdown is on: only verified contacts are heard");
    expect(pli.stdout()).toContain("Le mode isolement n’est pas actif.");
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

  test.each([
    [1200, "Try again in 2 seconds."],
    [3_599_000, "Try again in 60 minutes."],
  ])("after too many wrong ones it says how long to wait", async (waitMs, advice) => {
    const open = () => Promise.reject(new PauseError(waitMs));
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets: ["right one"], open });
    expect(await pli.run("contacts")).toBe(3);
    expect(pli.stderr()).toContain(advice);
    const script = createFakeWorld({ home: "passphrase", files: { "/p": "right one\n" }, open });
    expect(await script.run("contacts", "--passphrase-file", "/p", "--json")).toBe(3);
    expect(script.events()).toMatchObject([{ event: "failed", code: "passphrase_paused", waitMs }]);
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
