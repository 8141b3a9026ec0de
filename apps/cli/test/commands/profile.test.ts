import { describe, expect, test } from "vitest";
import type { LocalProfile } from "../../src/world.ts";
import { createFakeWorld } from "../fake-world.ts";

const ROOT = "/home/alice/.local/share/pli";
const first = (): LocalProfile => ({ id: "first", label: undefined, folder: ROOT, keyed: "keyfile", current: true });
const work = (): LocalProfile => ({
  id: "0badcafe",
  label: "Work",
  folder: `${ROOT}/profiles/0badcafe`,
  keyed: "passphrase",
  current: false,
});
const withTwo = (p: Parameters<typeof createFakeWorld>[0] = {}) =>
  createFakeWorld({ profiles: [first(), work()], ...p });

describe("pli profile", () => {
  test("lists which profiles there are, for people and for programs", async () => {
    const pli = withTwo();
    expect(await pli.run("profile")).toBe(0);
    expect(pli.stdout()).toBe(
      "* (no label, first)  first, opened by a key file\n  Work  0badcafe, opened by a passphrase\n",
    );
    pli.clear();
    await pli.run("profile", "list", "--json");
    expect(pli.events()).toEqual([
      { event: "profile", profile: "first", label: null, current: true, keyed: "keyfile" },
      { event: "profile", profile: "0badcafe", label: "Work", current: false, keyed: "passphrase" },
    ]);
  });

  test("switches, and every command works on the current one or on the one that was asked for", async () => {
    const pli = withTwo({ terminal: true });
    await pli.run("contacts");
    await pli.run("contacts", "--profile", "Work");
    await pli.run("profile", "switch", "Work", "--lang", "fr");
    await pli.run("contacts");
    expect(pli.opened.map(({ home }) => home)).toEqual([
      ROOT,
      `${ROOT}/profiles/0badcafe`,
      `${ROOT}/profiles/0badcafe`,
    ]);
    expect(pli.stdout()).toContain("Les commandes utilisent désormais le profil Work.");
    const other = withTwo({ env: { PLI_PROFILE: "Work" } });
    await other.run("contacts");
    expect(other.opened.map(({ home }) => home)).toEqual([`${ROOT}/profiles/0badcafe`]);
  });

  test("of a name that is none opens nothing", async () => {
    const pli = withTwo();
    expect(await pli.run("contacts", "--profile", "nobody", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "profile_unknown" }]);
    expect(pli.opened).toEqual([]);
  });

  test("removes one only once its label is typed, or with --yes, and says what disks may keep", async () => {
    const typed = withTwo({ terminal: true, lines: ["Wrok"] });
    expect(await typed.run("profile", "remove", "Work")).toBe(2);
    const script = withTwo();
    expect(await script.run("profile", "remove", "Work", "--json")).toBe(2);
    for (const pli of [typed, script]) expect(await pli.world.profiles.list(ROOT)).toHaveLength(2);
    const right = withTwo({ terminal: true, lines: ["Work"] });
    expect(await right.run("profile", "remove", "Work")).toBe(0);
    expect(right.stdout()).toContain("An SSD, or a disk that keeps snapshots, may still hold old copies");
    const sure = withTwo();
    await sure.run("profile", "remove", "Work", "--yes", "--json");
    expect(sure.events()).toEqual([{ event: "profile_removed", profile: "0badcafe", label: "Work" }]);
  });

  test("renames the label", async () => {
    const pli = withTwo();
    await pli.run("profile", "rename", "first", "Home", "--json");
    expect(pli.events()).toMatchObject([{ event: "profile", profile: "first", label: "Home" }]);
  });

  test.each([
    [["profile", "frob"], "there is no command “profile frob”."],
    [["profile", "add"], "LABEL is missing."],
    [["profile", "switch"], "PROFILE is missing."],
    [["profile", "switch", "a", "b"], "“b” is too much here."],
    [["profile", "rename", "a"], "LABEL is missing."],
    [["profile", "list", "a"], "“a” is too much here."],
    [["profile", "switch", "a", "--yes"], "--yes does not go with this command."],
  ])("says what is wrong with %j", async (argv, sentence) => {
    const pli = withTwo();
    expect(await pli.run(...argv)).toBe(2);
    expect(pli.stderr()).toContain(sentence);
  });

  test("listening says which profile it is, where there are several", async () => {
    const pli = withTwo({ terminal: true });
    const ended = pli.run("listen");
    await new Promise((resolve) => setTimeout(resolve, 20));
    pli.interrupt();
    await ended;
    expect(pli.stderr()).toContain("Profile: first");
  });
});
