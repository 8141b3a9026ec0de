import { spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHomePerson } from "./lib/homes.ts";

const PLI = join(import.meta.dirname, "../apps/cli/bin/pli.mjs");
const NO_STORE = "http://127.0.0.1:9";

/** `pli listen` on this home, once it listens. */
async function startListening(home: string) {
  const child = spawn(process.execPath, [PLI, "--home", home, "--store", NO_STORE, "--lang", "en", "listen"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let notes = "";
  child.stderr.on("data", (data: Buffer) => (notes += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await expect.poll(() => notes, { timeout: 15_000 }).toContain("Listening");
  return { child, ended, notes: () => notes };
}

test("pli listen ends with the reason when the command that held the profile is gone and it cannot take over", async () => {
  const person = await createHomePerson("Alice", NO_STORE);
  await person.close();
  const holder = await startListening(person.folder);
  const guest = await startListening(person.folder);
  const path = join(person.folder, "pli.db");
  writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
  holder.child.kill("SIGKILL");
  expect(await guest.ended).toBe(1);
  expect(guest.notes()).toContain("Pli’s data on this device is damaged.");
  expect(guest.notes()).toContain("Start it again.");
});
