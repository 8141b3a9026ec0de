import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHomePerson } from "./lib/homes.ts";

const PLI = join(import.meta.dirname, "../apps/cli/bin/pli.mjs");
const NO_STORE = "http://127.0.0.1:9";
/** Gives a program a terminal of its own (util-linux, on every Linux). */
const SCRIPT = "/usr/bin/script";

/** The interactive chat in a terminal: what is sent to it, and everything it wrote. */
async function openChat() {
  const person = await createHomePerson("Alice", NO_STORE);
  await person.close();
  const command = [process.execPath, PLI, "--home", person.folder, "--store", NO_STORE, "--lang", "en"]
    .map((word) => `'${word}'`)
    .join(" ");
  const child = spawn(SCRIPT, ["-qec", `stty rows 24 cols 80; ${command}`, "/dev/null"], {
    stdio: "pipe",
    env: { ...process.env, NO_COLOR: "1", TERM: "xterm", SHELL: "/bin/sh" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let written = "";
  child.stdout.on("data", (data: Buffer) => (written += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    send: (keys: string) => void child.stdin.write(keys),
    written: () => written,
    ended,
    /** The last picture holds this. */
    shows: (text: string) =>
      expect.poll(() => written.split("\u001b[?25l").at(-1) ?? "", { timeout: 15_000 }).toContain(text),
  };
}

describe.skipIf(!existsSync(SCRIPT))("the chat in a terminal", () => {
  test("takes a paste for a paste, reads every key of a chunk, and gives the terminal back", async () => {
    const chat = await openChat();
    await chat.shows("No conversation yet.");
    expect(chat.written()).toContain("\u001b[?2004h");
    chat.send("\u001b[200~/quit\r/quit\r");
    chat.send("pasted\u001b[201~!");
    await chat.shows("pasted!");
    chat.send("\u0015/help\rtyped ahead");
    await chat.shows("typed ahead");
    await chat.shows("show nothing of what this contact writes");
    chat.send("\u001b");
    await chat.shows("No conversation yet.");
    chat.send("\u0003");
    expect(await chat.ended).toBe(0);
    expect(chat.written()).toContain("\u001b[?2004l\u001b[?25h\u001b[?1049l");
  });
});
