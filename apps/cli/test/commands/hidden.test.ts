import { describe, expect, test } from "vitest";
import { createFakeWorld } from "../fake-world.ts";

const HOME = "/home/alice/.local/share/pli";
const FILES = { "/now": "the present one\n", "/new": "lorem ipsum\n", "/keep": "dolor sit amet\n" };
const passphrase = "the present one";

describe("pli hidden", () => {
  test("room makes it, of a size that one can choose", async () => {
    const pli = createFakeWorld({ home: "passphrase", files: FILES });
    const asked = ["hidden", "room", "--passphrase-file", "/now", "--json"];
    expect(await pli.run(...asked)).toBe(0);
    expect(await pli.run(...asked, "--size", "200")).toBe(0);
    expect(pli.rooms).toEqual([
      { home: HOME, passphrase, mib: 64 },
      { home: HOME, passphrase, mib: 200 },
    ]);
    expect(pli.events()).toEqual([
      { event: "hidden", is: "made" },
      { event: "hidden", is: "made" },
    ]);
  });

  test("room --none asks before it erases; with --yes it does not", async () => {
    const asked = ["hidden", "room", "--none", "--passphrase-file", "/now"];
    const unsure = createFakeWorld({ home: "passphrase", terminal: true, files: FILES, lines: ["no"] });
    expect(await unsure.run(...asked)).not.toBe(0);
    expect(unsure.rooms).toEqual([]);
    expect(unsure.prompts[0]).toContain("will be lost");
    const script = createFakeWorld({ home: "passphrase", files: FILES });
    expect(await script.run(...asked)).not.toBe(0);
    expect(await script.run(...asked, "--yes")).toBe(0);
    const sure = createFakeWorld({ home: "passphrase", terminal: true, files: FILES, lines: ["yes"] });
    expect(await sure.run(...asked)).toBe(0);
    expect([...script.rooms, ...sure.rooms]).toEqual([
      { home: HOME, passphrase },
      { home: HOME, passphrase },
    ]);
  });

  test("add says what can be lost, then asks what is to stay, then for the new one twice", async () => {
    const secrets = ["right one", "dolor sit amet", "lorem ipsum", "lorem ipsum"];
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets, lines: ["Hélène "] });
    expect(await pli.run("hidden", "add")).toBe(0);
    const hidden = { name: "Hélène", passphrase: "lorem ipsum" };
    expect(pli.hides).toEqual([{ home: HOME, passphrase: "right one", hidden, keep: ["dolor sit amet"] }]);
    expect(pli.stderr()).toContain("whose passphrase you do not give can be lost");
    expect(pli.prompts[1]).toContain("that is to stay");
    const none = createFakeWorld({
      home: "passphrase",
      terminal: true,
      secrets: ["right one", "", "lorem ipsum", "lorem ipsum"],
      lines: ["Hélène"],
    });
    expect(await none.run("hidden", "add")).toBe(0);
    expect(none.hides).toMatchObject([{ keep: [] }]);
  });

  test("add takes all of it from options and files in a script", async () => {
    const pli = createFakeWorld({ home: "passphrase", files: FILES });
    const asked = ["hidden", "add", "--passphrase-file", "/now", "--new-passphrase-file", "/new"];
    expect(await pli.run(...asked)).toBe(2);
    expect(await pli.run(...asked, "--name", "Nils", "--keep-file", "/keep", "--json")).toBe(0);
    const hidden = { name: "Nils", passphrase: "lorem ipsum" };
    expect(pli.hides).toEqual([{ home: HOME, passphrase, hidden, keep: ["dolor sit amet"] }]);
    expect(pli.events()).toContainEqual({ event: "hidden", is: "added" });
  });

  test("refuses what it does not know, a profile that is not there, and one that no passphrase opens", async () => {
    const pli = createFakeWorld({ home: "passphrase", files: FILES });
    for (const words of [[], ["list"], ["room", "more"], ["room", "--size", "7"], ["room", "--size", "1.5"]])
      expect([words, await pli.run("hidden", ...words)]).toEqual([words, 2]);
    expect(await createFakeWorld({ home: "absent" }).run("hidden", "room")).toBe(3);
    const unlocked = createFakeWorld({ home: "keyfile" });
    expect(await unlocked.run("hidden", "room")).toBe(3);
    expect(unlocked.stderr()).toContain("Set a passphrase first.");
    expect([...pli.rooms, ...pli.hides, ...unlocked.rooms]).toEqual([]);
  });
});
