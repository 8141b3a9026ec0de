import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openHome } from "@pli/engine-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHomePerson } from "./lib/homes.ts";

const PLI = join(import.meta.dirname, "../apps/cli/bin/pli.mjs");
const NO_STORE = "http://127.0.0.1:9";
/** Makes this Node pass for an old one, so that `pli` starts as on a machine that has no other. */
const AS_OLD_NODE = `data:text/javascript,${encodeURIComponent(
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } })',
)}`;

/** `pli listen` behind its wrapper, listening; `inner` is the process that does the work. */
async function listenBehindWrapper() {
  const person = await createHomePerson("Alice", NO_STORE);
  await person.close();
  const wrapper = spawn(
    process.execPath,
    ["--import", AS_OLD_NODE, PLI, "--home", person.folder, "--store", NO_STORE, "--lang", "en", "listen"],
    { stdio: "pipe" },
  );
  const ended = new Promise<number | null>((resolve) => wrapper.once("exit", resolve));
  await new Promise<void>((resolve) => {
    createInterface({ input: wrapper.stderr }).on("line", (line) => {
      if (line.startsWith("Listening")) resolve();
    });
  });
  const inner = childOf(wrapper);
  onTestFinished(() => [wrapper.pid, inner].forEach(endQuietly));
  return { wrapper, inner, ended, folder: person.folder };
}

function endQuietly(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended, as it should.
  }
}

/** The one process that has this one for its parent. */
function childOf({ pid }: ChildProcess): number {
  const all = readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  const children = all.filter((name) => parentOf(name) === pid);
  if (children.length !== 1) throw new Error(`${children.length} children`);
  return Number(children[0]);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return undefined; // it ended while we looked
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform !== "linux")("a command behind its wrapper", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends in order by %s to the wrapper alone", async (signal) => {
    const pli = await listenBehindWrapper();
    pli.wrapper.kill(signal);
    expect(await pli.ended).toBe(0);
    expect(runs(pli.inner)).toBe(false);
  });

  test("ends by itself when the wrapper is killed, and lets go of the home", async () => {
    const pli = await listenBehindWrapper();
    pli.wrapper.kill("SIGKILL");
    await expect.poll(() => runs(pli.inner), { timeout: 10_000 }).toBe(false);
    const home = await openHome({ home: pli.folder, store: NO_STORE, unlock: { keyFile: true } });
    onTestFinished(() => home.close());
    expect(home.role).toBe("holder");
  });
});
