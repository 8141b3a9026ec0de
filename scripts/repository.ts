/**
 * What every check reads: the files of the repository as git lists them, with those that are new
 * and not ignored.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/** A file's path from the root of the repository, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const exists = (path: string): boolean => existsSync(join(root, path));

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The paths, from the root and in order, of all files that are there. */
export function listFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return [...new Set(listed.split("\n"))].filter((path) => path !== "" && exists(path)).toSorted();
}

/** The files whose path fits, with their texts. */
export const readFiles = (pattern: RegExp): SourceFile[] =>
  listFiles()
    .filter((path) => pattern.test(path))
    .map((path) => ({ path, text: read(path) }));

/** Ends a check: every problem on a line of its own, and an exit code of 1 if there is one. */
export function report(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
