import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { runPli, startPli, type PliEvent } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const system = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: "utf8" });

/** A program that reads passphrases from a terminal only. */
const TERMINAL = "script";
const inTerminal = (command: string) => spawn(TERMINAL, ["-qec", command, "/dev/null"], { stdio: "pipe" });

/**
 * What Debian's `age` and `tar` make of a file: the texts of its files by name. `age` asks for
 * the passphrase.
 */
async function openedByAge(file: string, passphrase: string): Promise<Map<string, string>> {
  const folder = temporaryFolder("opened");
  const tar = join(folder, "export.tar");
  const age = inTerminal(`age -d -o ${tar} ${file}`);
  let said = "";
  age.stdout.on("data", (data: Buffer) => {
    said += data.toString();
    if (said.includes("passphrase")) age.stdin.write(`${passphrase}\n`);
    said = said.replaceAll("passphrase", "");
  });
  const code = await new Promise((resolve) => age.once("close", resolve));
  if (code !== 0) throw new Error(`age ended with ${String(code)}: ${said}`);
  system("tar", "-xf", tar, "-C", folder);
  const names = system("tar", "-tf", tar).trim().split("\n");
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const linesOf = (text = ""): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Takes a file in, with these words typed as a line. */
async function importing(home: string, store: string, file: string, words: string): Promise<PliEvent[]> {
  const pli = startPli(home, store, "import", file);
  pli.type(words);
  pli.child.stdin.end();
  await pli.ended;
  return pli.events;
}

/** A profile that no store answers. */
async function aloneOffLine(): Promise<{ store: string; alice: string }> {
  const [store, alice] = ["http://127.0.0.1:1", temporaryFolder("alice")];
  await runPli(alice, store, "init", "--name", "Alice");
  return { store, alice };
}

describe.skipIf(process.platform === "win32")("an export", () => {
  test("opens with Debian's age and tar, and another profile takes it in", async () => {
    const { store, alice, bob } = await pairHomesOnStore();
    await runPli(alice, store.origin, "send", "Bob", "Hello Bob\nü “quoted” \u{1f98a}");
    await runPli(bob, store.origin, "send", "Alice", "Hello Alice");
    await runPli(alice, store.origin, "messages", "Bob");
    const file = join(temporaryFolder("export"), "export.age");
    const [exported] = await runPli(alice, store.origin, "export", "--to", file);
    expect(exported).toMatchObject({ event: "exported", bytes: statSync(file).size, conversations: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const passphrase = String(exported?.["passphrase"]);
    const files = await openedByAge(file, passphrase);
    expect([...files.keys()]).toEqual([
      "export.json",
      "README.txt",
      "contacts-000001.jsonl",
      "conversations/000001/conversation.json",
      "conversations/000001/members-000001.jsonl",
      "conversations/000001/messages-000001.jsonl",
      "end.json",
    ]);
    const messages = linesOf(files.get("conversations/000001/messages-000001.jsonl"));
    expect(messages.map(({ name, body }) => [name, (body as { text?: string }).text])).toEqual([
      ["", undefined],
      ["Alice", "Hello Bob\nü “quoted” \u{1f98a}"],
      ["Bob", "Hello Alice"],
    ]);
    expect(linesOf(files.get("contacts-000001.jsonl"))).toMatchObject([{ ownName: "Bob", trust: 3 }]);
    expect(linesOf(files.get("end.json"))).toMatchObject([{ messages: exported?.["messages"], conversations: 1 }]);
    await expect(openedByAge(file, `${passphrase}x`)).rejects.toThrow("age ended with 1");

    const carol = temporaryFolder("carol");
    await runPli(carol, store.origin, "init", "--name", "Carol");
    const spoken = passphrase.replaceAll("-", "  ").toUpperCase();
    const events = await importing(carol, store.origin, file, spoken);
    expect(events).toMatchObject([
      { event: "importing", messages: 3, conversations: 1, profile: "Alice" },
      { event: "imported", messages: 3, conversations: 1 },
    ]);
    const shown = await runPli(carol, store.origin, "messages", "Bob");
    expect(shown.filter(({ event }) => event === "message").map(({ from, text }) => [from, text])).toEqual([
      ["Alice", "Hello Bob\nü “quoted” \u{1f98a}"],
      ["Bob", "Hello Alice"],
    ]);
    expect(await importing(carol, store.origin, file, passphrase)).toMatchObject([{ messages: 0, here: 3 }]);

    // What `age -p` makes of the same tar, and a tar that tar has made again, open too.
    const again = join(temporaryFolder("again"), "again.age");
    await sealedByAge([...files], again, "some words of mine");
    expect(await importing(carol, store.origin, again, "some words of mine")).toMatchObject([{ messages: 0, here: 3 }]);
  }, 240_000);

  test.skipIf(process.getuid?.() !== 0)(
    "that finds no room leaves no file",
    async () => {
      const { store, alice } = await aloneOffLine();
      const small = temporaryFolder("small");
      system("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", small);
      onTestFinished(() => void system("umount", "-l", small));
      const full = startPli(alice, store, "export", "--to", join(small, "out.age"));
      expect(await full.ended).toBe(1);
      expect(full.events).toMatchObject([{ event: "failed", code: "disk_full" }]);
      expect(readdirSync(small)).toEqual([]);
    },
    240_000,
  );

  test("over another file, or where nothing can be written, changes nothing", async () => {
    const { store, alice } = await aloneOffLine();
    const folder = temporaryFolder("there");
    const mine = join(folder, "mine");
    writeFileSync(mine, "mine");
    mkdirSync(join(folder, "folder"));
    for (const [to, code] of [
      [mine, "file_exists"],
      [join(folder, "folder"), "file_exists"],
      [join(folder, "none", "out.age"), "file_unreadable"],
    ] as const) {
      const refused = startPli(alice, store, "export", "--to", to);
      expect(await refused.ended).toBe(1);
      expect(refused.events).toMatchObject([{ event: "failed", code }]);
    }
    expect(readFileSync(mine, "utf8")).toBe("mine");
    expect(readdirSync(folder).toSorted()).toEqual(["folder", "mine"]);
    expect(existsSync(join(folder, "none"))).toBe(false);
  }, 240_000);
});

/** Seals files as a person would who has no Pli. */
async function sealedByAge(files: readonly (readonly [string, string])[], to: string, words: string): Promise<void> {
  const folder = temporaryFolder("files");
  for (const [name, text] of files) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const tar = join(temporaryFolder("tar"), "export.tar");
  const names = files.map(([name]) => name);
  system("tar", "--format=ustar", "-cf", tar, "-C", folder, ...names);
  const age = inTerminal(`age -p -o ${to} ${tar}`);
  let asked = 0;
  age.stdout.on("data", (data: Buffer) => {
    for (const _ of data.toString().matchAll(/passphrase/gu)) if (asked++ < 2) age.stdin.write(`${words}\n`);
  });
  await new Promise((resolve) => age.once("close", resolve));
}
