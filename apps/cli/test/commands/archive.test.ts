import { describe, expect, test } from "vitest";
import { CAMILLE, createFakeApi, ME, NOW, refuse } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";

const CONVERSATION = "c0".repeat(16);
const HEADER = JSON.stringify({ format: "pli-export", version: 1, madeAt: NOW, profile: { id: ME, name: "Alice" } });
const LINE = JSON.stringify({ id: CONVERSATION });

/** An engine with three messages in one conversation, one of which disappears. */
function withHistory(added = 2) {
  const fake = createFakeApi();
  fake.does.beginExport = () => ({ header: HEADER, upTo: 3, contacts: 0, conversations: 1, messages: 3 });
  fake.does.exportPage = ({ of }: { of: string }) =>
    of === "messages"
      ? { lines: ["{}", "{}"], leftOut: 1 }
      : { lines: of === "conversations" ? [LINE] : [], leftOut: 0 };
  const file = { madeAt: NOW, profile: { id: ME, name: "Alice" } };
  const names = [{ contact: CAMILLE, from: "Camille", to: "\u001bCam" }];
  fake.does.importNames = ({ contacts }: { contacts: string[] }) => ({ file, names: contacts.length > 0 ? names : [] });
  fake.does.importPage = () => ({ added, here: 2 - added, passed: 0, isNew: added > 0 });
  return fake;
}

/** The file that `pli export` writes, and its words. */
async function exported(): Promise<{ bytes: Uint8Array; passphrase: string }> {
  const files: Record<string, string | Uint8Array> = {};
  const pli = createFakeWorld({ fake: withHistory(), files });
  expect(await pli.run("export", "--to", "/out", "--json")).toBe(0);
  const [event] = pli.events();
  return { bytes: files["/out"] as Uint8Array, passphrase: String(event?.["passphrase"]) };
}

const pages = (fake: ReturnType<typeof createFakeApi>) =>
  fake.calls.flatMap(([name, p]) => (name === "importPage" ? [(p as { write: boolean }).write] : []));

describe("pli export", () => {
  test("writes a file, and says its words once, to people and to programs", async () => {
    const files: Record<string, string | Uint8Array> = {};
    const pli = createFakeWorld({ fake: withHistory(), files });
    expect(await pli.run("export", "--to", "/out")).toBe(0);
    expect(pli.stdout()).toContain("Exported: 2 messages of 1 conversation.");
    expect(pli.stdout()).toContain("1 message that disappears is not in it.");
    expect(pli.stdout()).toMatch(/\n {2}[a-z]+(-[a-z]+){11}\n/u);
    expect(Object.keys(files)).toEqual(["/out"]);
    const json = createFakeWorld({ fake: withHistory(), files });
    expect(await json.run("export", "--to", "/other", "--json")).toBe(0);
    expect(json.events()).toEqual([
      {
        event: "exported",
        file: "/other",
        passphrase: expect.stringMatching(/^[a-z]+(-[a-z]+){11}$/u),
        contacts: 0,
        conversations: 1,
        members: 0,
        messages: 2,
        leftOut: 1,
        bytes: (files["/other"] as Uint8Array).length,
      },
    ]);
    expect(json.stderr()).toBe("");
  });

  test("touches no file that is there, and leaves none when the disk is full", async () => {
    const files: Record<string, string | Uint8Array> = { "/out": "mine" };
    const there = createFakeWorld({ fake: withHistory(), files });
    expect(await there.run("export", "--to", "/out", "--json")).toBe(1);
    expect(there.events()).toMatchObject([{ event: "failed", code: "file_exists" }]);
    expect(there.fake.calls).toEqual([]);
    const full = createFakeWorld({ fake: withHistory(), files, room: 0 });
    expect(await full.run("export", "--to", "/other", "--json")).toBe(1);
    expect(full.events()).toMatchObject([{ event: "failed", code: "disk_full" }]);
    expect(files).toEqual({ "/out": "mine" });
  });

  test("stopped half-way, or without an engine, leaves no file", async () => {
    const files: Record<string, string | Uint8Array> = {};
    const fake = withHistory();
    const pli = createFakeWorld({ fake, files });
    const page = fake.does.exportPage;
    fake.does.exportPage = async (p) => {
      pli.interrupt();
      await settle();
      return page?.(p);
    };
    expect(await pli.run("export", "--to", "/out")).toBe(130);
    expect(pli.stderr()).toContain("No file was left behind.");
    fake.does.exportPage = refuse("engine_gone");
    const gone = createFakeWorld({ fake, files });
    expect(await gone.run("export", "--to", "/out", "--json")).toBe(1);
    expect(gone.events()).toMatchObject([{ event: "failed", code: "engine_gone" }]);
    expect(files).toEqual({});
  });

  test("without a file to write is refused, and so is anything more", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("export")).toBe(2);
    expect(pli.stderr()).toContain("--to is missing");
    expect(await pli.run("export", "file", "--to", "/out")).toBe(2);
  });
});

describe("pli import", () => {
  test("in a script, reads the words as a line, counts first and then adds", async () => {
    const { bytes, passphrase } = await exported();
    const fake = withHistory();
    const pli = createFakeWorld({ fake, files: { "/in": bytes }, lines: [passphrase] });
    expect(await pli.run("import", "/in", "--json")).toBe(0);
    const fields = { madeAt: NOW, profile: "Alice", profileId: ME, messages: 2, conversations: 1, here: 0, passed: 0 };
    expect(pli.events()).toEqual([
      { event: "importing", ...fields, names: 0 },
      { event: "imported", ...fields, names: 0 },
    ]);
    expect(pages(fake)).toEqual([false, true]);
  });

  test("in a terminal, asks before it adds, and no adds nothing", async () => {
    const { bytes, passphrase } = await exported();
    const answers = { "": [false], no: [false], y: [false, true], YES: [false, true] };
    for (const [answer, writes] of Object.entries(answers)) {
      const fake = withHistory();
      const typed = passphrase.replaceAll("-", " ").toUpperCase();
      const pli = createFakeWorld({ fake, files: { "/in": bytes }, terminal: true, lines: [typed, answer] });
      expect(await pli.run("import", "/in")).toBe(0);
      expect([answer, pages(fake)]).toEqual([answer, writes]);
      expect(pli.stdout()).toContain("It would add 2 messages, in 1 new archive");
      expect(pli.stdout()).toContain(writes.length > 1 ? "Added: 2 messages, 1 new archive." : "Nothing was added.");
    }
  });

  test("in French too", async () => {
    const { bytes, passphrase } = await exported();
    const lines = [passphrase, "o"];
    const files = { "/in": bytes };
    const pli = createFakeWorld({ fake: withHistory(), files, lines, terminal: true, env: { LANG: "fr_FR" } });
    expect(await pli.run("import", "/in")).toBe(0);
    expect(pli.stdout()).toContain("Ajouté\u202f: 2 messages, 1 nouvelle archive.");
  });

  test("with nothing new, or only to count, asks nothing and adds nothing", async () => {
    const { bytes, passphrase } = await exported();
    const old = withHistory(0);
    const pli = createFakeWorld({ fake: old, files: { "/in": bytes }, lines: [passphrase] });
    expect(await pli.run("import", "/in")).toBe(0);
    expect(pli.stdout()).toContain("There is no message in it that is not here.");
    const counted = withHistory();
    const counting = createFakeWorld({ fake: counted, files: { "/in": bytes }, lines: [passphrase] });
    expect(await counting.run("import", "/in", "--count", "--json")).toBe(0);
    expect(counting.events().map(({ event }) => event)).toEqual(["importing"]);
    expect([...pages(old), ...pages(counted)]).toEqual([false, false]);
  });

  test("with other words asks again in a terminal, three times, and a script once", async () => {
    const { bytes, passphrase } = await exported();
    const files = { "/in": bytes };
    const lines = ["abandon", "ability", passphrase, "y"];
    const patient = createFakeWorld({ fake: withHistory(), files, terminal: true, lines });
    expect(await patient.run("import", "/in")).toBe(0);
    expect(patient.stderr().match(/do not open it/gu)).toHaveLength(2);
    const script = createFakeWorld({ fake: withHistory(), files, lines: ["abandon", passphrase] });
    expect(await script.run("import", "/in", "--json")).toBe(1);
    expect(script.events()).toMatchObject([{ event: "failed", code: "export_passphrase_wrong" }]);
    const silent = createFakeWorld({ fake: withHistory(), files });
    expect(await silent.run("import", "/in", "--json")).toBe(3);
  });

  test("of a file that is none, is not there, or was cut says so, and adds nothing", async () => {
    const { bytes, passphrase } = await exported();
    const files = { "/text": new TextEncoder().encode("x".repeat(500)), "/cut": bytes.subarray(0, -1) };
    const codes = { "/text": "export_malformed", "/cut": "export_damaged", "/none": "file_unreadable" };
    for (const [path, code] of Object.entries(codes)) {
      const fake = withHistory();
      const pli = createFakeWorld({ fake, files, lines: [passphrase] });
      expect(await pli.run("import", path, "--json")).toBe(1);
      expect(pli.events().at(-1)).toMatchObject({ event: "failed", code });
      expect(pages(fake)).not.toContain(true);
    }
  });
});

test("what came out of a file takes no name away from who is here, and is found by its own", async () => {
  const fake = createFakeApi();
  const { contactNamed, groupNamed, textFrom } = await import("../fake-api.ts");
  const bob = contactNamed("Bob");
  fake.data.contacts.push(bob);
  const archive = { importedAt: NOW, ofSelf: false };
  fake.data.groups.push(
    groupNamed("Bob", [], { archive, state: "left" }),
    groupNamed("Old", [], { id: "01d".padEnd(32, "d"), archive, state: "left" }),
  );
  const pli = createFakeWorld({ fake });
  expect(await pli.run("send", "Bob", "Hello")).toBe(0);
  expect(fake.calls).toContainEqual(["sendText", { conversation: bob.conversation, text: "Hello" }]);
  fake.data.messages.push(textFrom(bob, "m", "From long ago", { conversation: "01d".padEnd(32, "d") }));
  expect(await pli.run("messages", "Old")).toBe(0);
  expect(pli.stdout()).toContain("From long ago");
  expect(pli.stdout()).toContain("(imported from a file, to read only)");
  fake.does.search = () => fake.data.messages.slice(-1).map((message) => ({ message, conversationName: "Old" }));
  pli.clear();
  expect(await pli.run("search", "long")).toBe(0);
  expect(pli.stdout()).toContain("Old, imported");
  pli.clear();
  expect(await pli.run("group")).toBe(0);
  expect(pli.stdout().match(/imported from a file, to read only/gu)).toHaveLength(2);
});
