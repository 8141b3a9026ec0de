/**
 * Type-checks every tsconfig of the repository: each package sees only its own platform's globals.
 */
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const projects = ["tsconfig.json", ...globSync("{packages,apps}/*/tsconfig*.json").toSorted()];

const failures: string[] = [];
for (const project of projects) {
  try {
    await run("tsc", ["-p", project], { maxBuffer: 1 << 26 });
  } catch (error) {
    failures.push(`${project}\n${(error as { stdout: string }).stdout}`);
  }
}
for (const failure of failures) console.error(failure);
console.log(`${projects.length - failures.length} of ${projects.length} projects type-check`);
process.exitCode = failures.length === 0 ? 0 : 1;
