/**
 * A copy of the repository to try something on: its packages and apps, without what git ignores.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exists, listFiles, root } from "../repository.ts";

const COPIED = /^(?:packages|apps)\/|^(?:package\.json|tsconfig\.base\.json|ARCHITECTURE\.md)$/;
const OWN = "@pli";

export interface Copy {
  /** A file of the copy; undefined when there is none. */
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  /** Runs a program of `node_modules/.bin` there. Never rejects. */
  run(program: string, ...words: string[]): Promise<{ isDone: boolean; output: string }>;
  remove(): void;
}

export function copyRepository(): Copy {
  const folder = mkdtempSync(join(tmpdir(), "pli-copy-"));
  const at = (path: string): string => join(folder, path);
  for (const path of listFiles().filter((path) => COPIED.test(path))) cpSync(join(root, path), at(path));
  linkModules("node_modules", at);
  for (const home of ["packages/protocol"]) linkModules(`${home}/node_modules`, at);
  return {
    read: (path) => {
      try {
        return readFileSync(at(path), "utf8");
      } catch {
        return undefined;
      }
    },
    write: (path, text) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    run: (program, ...words) => run(folder, program, words),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Modules of others are shared, our own are those of the copy. */
function linkModules(modules: string, at: (path: string) => string): void {
  if (!exists(modules)) return;
  mkdirSync(at(modules), { recursive: true });
  for (const name of readdirSync(join(root, modules)))
    if (name === OWN)
      cpSync(join(root, modules, name), at(`${modules}/${name}`), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(root, modules, name), at(`${modules}/${name}`));
}

function run(folder: string, program: string, words: readonly string[]): ReturnType<Copy["run"]> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  return new Promise((done) => {
    execFile(
      join(root, "node_modules/.bin", program),
      words,
      { cwd: folder, env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => done({ isDone: error === null, output: `${stdout}${stderr}` }),
    );
  });
}
