import { execFileSync, spawn } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { pairOnStore } from "./lib/pair.ts";
import { whenTexts } from "./lib/homes.ts";
import { runPli, type PliEvent } from "./lib/pli.ts";

const PLI = join(import.meta.dirname, "../apps/cli/bin/pli.mjs");
/** Not a byte more goes into any file. */
const NO_ROOM = "trap '' XFSZ; ulimit -f 0;";

/** Two who have written to each other, the folder of one of them, closed, and their store. */
async function written() {
  const { store, alice, bob } = await pairOnStore();
  await alice.say("from before");
  await whenTexts(bob, 1);
  await bob.close();
  return { store: store.origin, folder: bob.folder, alice };
}

/** Runs a command under a shell's `setting`: what it gave, and what it ended with. */
function pli(p: { setting?: string; store: string; folder: string }, ...args: string[]) {
  const command = `${p.setting ?? ""} exec "$0" "$@"`;
  const all = [process.execPath, PLI, "--home", p.folder, "--store", p.store, "--json", ...args];
  const child = spawn("sh", ["-c", command, ...all], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  return new Promise<{ code: number | null; events: PliEvent[] }>((resolve) => {
    child.once("close", (code) => {
      const lines = output.split("\n").filter((line) => line !== "");
      resolve({ code, events: lines.map((line) => JSON.parse(line) as PliEvent) });
    });
  });
}

const system = (program: string, ...args: string[]): void => void execFileSync(program, args);

/**
 * Nothing may be written here, until the test is over: by a mount for root, whom permissions do not
 * stop.
 */
function unwritable(path: string): void {
  if (process.getuid?.() === 0) {
    system("mount", "--bind", path, path);
    onTestFinished(() => system("umount", "-l", path));
    return system("mount", "-o", "remount,ro,bind", path);
  }
  const isFolder = statSync(path).isDirectory();
  if (isFolder) for (const name of readdirSync(path)) chmodSync(join(path, name), 0o400);
  chmodSync(path, isFolder ? 0o500 : 0o400);
  if (isFolder) onTestFinished(() => chmodSync(path, 0o700));
}

const READING = [["contacts"], ["messages", "Alice"], ["group"]] as const;

describe.skipIf(process.platform === "win32")("a profile on a disk that takes nothing more", () => {
  test("full: every command that reads still reads, one that writes says disk_full, and nothing is lost", async () => {
    const { store, folder, alice } = await written();
    const full = { setting: NO_ROOM, store, folder };
    await alice.say("while it is full");
    for (const command of READING) expect([command, (await pli(full, ...command)).code]).toEqual([command, 0]);
    const read = await pli(full, "messages", "Alice");
    expect(read.events.map(({ text }) => text)).toContain("from before");
    expect((await pli(full, "doctor")).events).toContainEqual(
      expect.objectContaining({ event: "check", name: "storage", state: "fail", code: "disk_full" }),
    );
    const send = await pli(full, "send", "Alice", "an answer");
    expect([send.code, send.events.at(-1)?.["code"]]).toEqual([1, "disk_full"]);
    const texts = (await runPli(folder, store, "messages", "Alice")).flatMap(({ text }) => text ?? []);
    expect(texts).toEqual(["from before", "while it is full"]);
  }, 240_000);

  test("full: a profile is not made, and what was begun is made once there is room", async () => {
    const folder = join((await written()).folder, "another");
    const store = "http://127.0.0.1:9";
    const begun = await pli({ setting: NO_ROOM, store, folder }, "init", "--name", "Carol");
    expect([begun.code, begun.events.at(-1)?.["code"]]).toEqual([1, "disk_full"]);
    expect((await pli({ store, folder }, "init", "--name", "Carol")).code).toBe(0);
  }, 240_000);

  test("read-only: several read at once, and one that writes says disk_read_only", async () => {
    const { store, folder } = await written();
    unwritable(folder);
    const all = await Promise.all(READING.map((command) => pli({ store, folder }, ...command)));
    expect(all.map(({ code }) => code)).toEqual(READING.map(() => 0));
    expect(all[1]?.events.map(({ text }) => text)).toContain("from before");
    for (const command of [["send", "Alice", "an answer"], ["invite"], ["group", "create", "Choir", "Alice"]]) {
      const { code, events } = await pli({ store, folder }, ...command);
      expect([command, code, events.at(-1)?.["code"]]).toEqual([command, 1, "disk_read_only"]);
    }
  }, 240_000);

  test("with a lock that nobody may have, nothing is written, whatever else may be", async () => {
    const { store, folder, alice } = await written();
    unwritable(join(folder, "lock"));
    const before = readFileSync(join(folder, "pli.db"));
    await alice.say("not read yet");
    const [read, send] = await Promise.all([
      pli({ store, folder }, "messages", "Alice"),
      pli({ store, folder }, "send", "Alice", "an answer"),
    ]);
    expect([read.code, send.code, send.events.at(-1)?.["code"]]).toEqual([0, 1, "disk_read_only"]);
    expect(readFileSync(join(folder, "pli.db")).equals(before)).toBe(true);
  }, 240_000);
});
