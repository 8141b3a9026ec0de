import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./store-process.ts";

const DIST = join(import.meta.dirname, "../../apps/web/dist");

/** A copy of the built web app, to be changed into another version of itself. */
export function copyOfWebApp(): string {
  const folder = temporaryFolder("web");
  cpSync(DIST, folder, { recursive: true });
  return folder;
}

/**
 * Makes the page of a copy another one, as a build would: what the service worker expects changes
 * with it.
 */
export function changePage(folder: string, from: string, to: string): void {
  const before = readFileSync(join(folder, "index.html"), "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`the page does not hold "${from}"`);
  writeFileSync(join(folder, "index.html"), after);
  const worker = join(folder, "service-worker.js");
  writeFileSync(worker, readFileSync(worker, "utf8").replace(sha256(before), sha256(after)));
}

/**
 * Changes the page of a copy and says nothing of it: no build does this, but an attacker on the way
 * might.
 */
export function forgePage(folder: string, from: string, to: string): void {
  const worker = join(folder, "service-worker.js");
  const text = readFileSync(worker, "utf8");
  changePage(folder, from, to);
  writeFileSync(worker, `${text}\n`);
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");
