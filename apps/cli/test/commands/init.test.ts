import { describe, expect, test } from "vitest";
import { ME } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";

describe("pli init", () => {
  test("makes a profile protected by a key file and says what to do next", async () => {
    const pli = createFakeWorld({ home: "absent" });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--name", " Alice ")).toBe(0);
    expect(pli.opened).toEqual([
      { home: "/home/alice/.local/share/pli", store: "http://127.0.0.1:7540", unlock: { keyFile: true }, create: true },
    ]);
    expect(pli.fake.calls).toContainEqual(["createProfile", { name: "Alice" }]);
    expect(pli.stdout()).toContain("Your profile is ready, Alice.");
    expect(pli.state.closed).toBe(1);
  });

  test("in JSON, gives name and identifier, and remembers the store it was made for", async () => {
    const pli = createFakeWorld({ home: "absent" });
    pli.fake.data.status.profile = undefined;
    expect(
      await pli.run("init", "--name", "Alice", "--json", "--home", "/h", "--store", "https://pli.example.org/"),
    ).toBe(0);
    expect(pli.events()).toEqual([{ event: "profile", name: "Alice", id: ME, home: "/h" }]);
    expect(pli.remembered.get("/h")).toBe("https://pli.example.org");
    pli.state.home = "keyfile";
    await pli.run("contacts", "--home", "/h");
    expect(pli.opened.at(-1)?.store).toBe("https://pli.example.org");
  });

  test("a home keeps a new address once the store there has answered", async () => {
    const pli = createFakeWorld();
    const { connection } = pli.fake.data.status;
    const moved = "https://moved.example.org";
    Object.assign(connection, { store: moved, state: "offline" });
    expect(await pli.run("contacts", "--home", "/h", "--store", moved)).toBe(0);
    expect(pli.remembered.size).toBe(0);
    connection.state = "online";
    expect(await pli.run("contacts", "--home", "/h", "--store", `${moved}/`)).toBe(0);
    expect(pli.remembered.get("/h")).toBe(moved);
    await pli.run("contacts", "--home", "/h");
    expect(pli.opened.at(-1)?.store).toBe(moved);
  });

  test("a new address that another process does not use says so, and is not remembered", async () => {
    const pli = createFakeWorld();
    await pli.run("contacts", "--home", "/h", "--store", "https://moved.example.org");
    expect(pli.stderr()).toContain("Another pli holds this profile and uses http://127.0.0.1:7540");
    expect(pli.remembered.size).toBe(0);
  });

  test("takes the first line of a passphrase file", async () => {
    const pli = createFakeWorld({ home: "absent", files: { "/p": "correct horse\r\nnot this" } });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--name", "Alice", "--passphrase-file", "/p")).toBe(0);
    expect(pli.opened[0]?.unlock).toEqual({ passphrase: "correct horse" });
    expect(pli.stdout()).not.toContain("key is beside it");
  });

  test("asks for a passphrase twice, until both are the same", async () => {
    const secrets = ["one two three", "one two four", "five six seven", "five six seven"];
    const pli = createFakeWorld({ home: "absent", terminal: true, lines: ["Alice"], secrets });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--passphrase")).toBe(0);
    expect(pli.opened[0]?.unlock).toEqual({ passphrase: "five six seven" });
    expect(pli.stdout()).not.toContain("five");
  });

  test("refuses where a profile exists and changes nothing", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("init", "--name", "Bob", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "profile_exists" }]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("never continues without protection in a folder that was begun with another one", async () => {
    const pli = createFakeWorld({ home: "keyfile", files: { "/p": "correct horse" } });
    expect(await pli.run("init", "--name", "Bob", "--passphrase-file", "/p")).toBe(3);
    expect(pli.opened).toEqual([]);
  });

  test("without a name there is nothing to make", async () => {
    const pli = createFakeWorld({ home: "absent" });
    expect(await pli.run("init", "--json")).toBe(2);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "name_empty" }]);
    expect(pli.opened).toEqual([]);
  });
});
