/**
 * Checks what the documents say against what is there: every link leads to a file and a heading,
 * every file and section that is named exists, and every promise has a claim with tests that exist
 * (`docs/claims.md`).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { claimProblems, claimsIn } from "./docs/claims.ts";
import { brokenLinks } from "./docs/links.ts";
import { placesOf } from "./docs/promises.ts";

const root = join(import.meta.dirname, "..");
const CLAIMS = "docs/claims.md";
const exists = (path: string): boolean => existsSync(join(root, path));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
});
const documents = listed
  .split("\n")
  .filter((path) => path !== "" && exists(path))
  .map((path) => ({ path, text: read(path) }));

const problems = [
  ...brokenLinks(documents, exists),
  ...claimProblems(claimsIn(read(CLAIMS)), placesOf(root), (file) => (exists(file) ? read(file) : undefined)).map(
    (problem) => `${CLAIMS}: ${problem}`,
  ),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
