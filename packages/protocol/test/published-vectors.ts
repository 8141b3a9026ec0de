import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromHex } from "../src/crypto/index.ts";

const folder = fileURLToPath(new URL("../../../../shared/vectors/", import.meta.url));

/** Whether this machine has the folder of published vectors; see its README. */
export const vectorsPresent = existsSync(folder);

/** Says what ran and what did not: nothing that did not run is counted as passed. */
export function announce(what: string, cases: number): void {
  const text = vectorsPresent ? what : `published vectors: folder absent, ${cases} cases not run (${what})`;
  process.stdout.write(`${text}\n`);
}

export function readVectors(path: string): unknown {
  return JSON.parse(readFileSync(`${folder}${path}`, "utf8"));
}

/** Bytes of the vector's hexadecimal. */
export function hex(value: string): Uint8Array {
  const bytes = fromHex(value);
  if (bytes === undefined) throw new Error("not hexadecimal");
  return bytes;
}
