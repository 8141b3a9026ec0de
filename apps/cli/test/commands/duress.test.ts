import { describe, expect, test } from "vitest";
import { createFakeWorld } from "../fake-world.ts";

const HOME = "/home/alice/.local/share/pli";

describe("pli duress", () => {
  test("asks for the present passphrase, then says what the other one does, then asks for it twice", async () => {
    const secrets = ["right one", "lorem ipsum", "lorem ipsum"];
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets, lines: ["Camille "] });
    expect(await pli.run("duress")).toBe(0);
    const duress = { name: "Camille", passphrase: "lorem ipsum" };
    expect(pli.duresses).toEqual([{ home: HOME, passphrase: "right one", duress }]);
    expect(pli.stderr()).toContain("erases this profile, its key first");
    expect(pli.prompts).toHaveLength(4);
    expect(pli.prompts[0]).toBe("Passphrase: ");
    expect(pli.prompts.slice(2).join(" ")).toMatch(/^Choose a passphrase.*Once more/u);
  });

  test("in a script takes all of it from options and files, and removes it", async () => {
    const files = { "/now": "the present one\n", "/duress": "lorem ipsum\n" };
    const pli = createFakeWorld({ home: "passphrase", files });
    const asked = ["duress", "--passphrase-file", "/now", "--json"];
    expect(await pli.run(...asked, "--name", "Camille", "--new-passphrase-file", "/duress")).toBe(0);
    expect(await pli.run(...asked, "--none")).toBe(0);
    const passphrase = "the present one";
    expect(pli.duresses).toEqual([
      { home: HOME, passphrase, duress: { name: "Camille", passphrase: "lorem ipsum" } },
      { home: HOME, passphrase },
    ]);
    expect(pli.events()).toEqual([
      { event: "duress", is: "set" },
      { event: "duress", is: "removed" },
    ]);
  });

  test("needs a name, a profile, and a passphrase that opens it", async () => {
    const files = { "/now": "the present one\n", "/duress": "lorem ipsum\n" };
    const unnamed = createFakeWorld({ home: "passphrase", files });
    expect(await unnamed.run("duress", "--passphrase-file", "/now", "--new-passphrase-file", "/duress")).toBe(2);
    expect(await createFakeWorld({ home: "absent" }).run("duress", "--none")).toBe(3);
    const unlocked = createFakeWorld({ home: "keyfile" });
    expect(await unlocked.run("duress", "--none")).toBe(3);
    expect(unlocked.stderr()).toContain("Set a passphrase first.");
    expect([...unnamed.duresses, ...unlocked.duresses]).toEqual([]);
  });
});
