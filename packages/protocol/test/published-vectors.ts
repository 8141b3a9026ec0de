import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const folder = fileURLToPath(new URL("../../../../shared/vectors/", import.meta.url));

/** Whether this machine has the folder of published vectors; see its README. */
export const vectorsPresent = existsSync(folder);

/** Says what ran and what did not: nothing that did not run is counted as passed. */
export function announce(what: string, cases: number): void {
  const text = vectorsPresent ? what : `published vectors: folder absent, ${cases} cases not run (${what})`;
  process.stdout.write(`${text}\n`);
}

/** The text of a file, unpacked where it is packed. */
export function readVectorText(path: string): string {
  const bytes = readFileSync(`${folder}${path}`);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

export function readVectors(path: string): unknown {
  return JSON.parse(readVectorText(path));
}
