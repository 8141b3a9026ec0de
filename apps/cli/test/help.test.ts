import { describe, expect, test } from "vitest";
import { createFakeWorld } from "./fake-world.ts";

describe("help, version and mistakes", () => {
  test("help is in the language asked for, for all or one command", async () => {
    const pli = createFakeWorld({ env: { LANG: "fr_FR" } });
    expect(await pli.run("--help")).toBe(0);
    expect(pli.stdout()).toContain("une messagerie dont le serveur n’a pas d’utilisateurs");
    const one = createFakeWorld();
    await one.run("send", "--help");
    expect(one.stdout()).toMatch(/^pli send CONTACT\|GROUP TEXT/u);
  });

  test("version is one line, or one object", async () => {
    const pli = createFakeWorld();
    await pli.run("--version");
    expect(pli.stdout()).toBe("0.1.0\n");
    const json = createFakeWorld();
    await json.run("--version", "--json");
    expect(json.events()).toEqual([{ event: "version", pli: "0.1.0", node: "24.21.0", platform: "linux x64" }]);
  });

  test("a wrong command line says what is wrong and where help is, opens nothing, and ends with 2", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("send", "Bob")).toBe(2);
    expect(pli.stderr()).toBe("pli: TEXT is missing.\nSee: pli send --help\n");
    expect(pli.stdout()).toBe("");
    expect(pli.opened).toEqual([]);
    const json = createFakeWorld();
    expect(await json.run("dan\u001bce", "--json")).toBe(2);
    expect(json.events()).toEqual([
      { event: "failed", code: "request_malformed", message: "there is no command “dan⟨U+001B⟩ce”." },
    ]);
  });
});
