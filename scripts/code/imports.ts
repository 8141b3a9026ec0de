/**
 * Who imports whom: the modules of the repository and the arrows between them. Imports of another
 * package of ours are resolved through the `exports` of its package.json. Type-only imports count.
 */
import { posix } from "node:path";
import { readFiles, type SourceFile } from "../repository.ts";

/** The files that are modules. */
export const MODULES = /\.(?:ts|tsx|mts|mjs)$/;
const MANIFESTS = /^(?:packages|apps)\/[^/]+\/package\.json$/;

/** Each module beside the modules of the repository that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** A package of ours: its name, its folder from the root, and where each entry leads. */
export interface OwnPackage {
  readonly name: string;
  readonly folder: string;
  readonly entries: ReadonlyMap<string, string>;
}

const FROM = /^[ \t]*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["']([^"']+)["']/gm;
const CALLED = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** What a module names behind `from` or in `import(…)`, as it is written. */
export const specifiersIn = (text: string): string[] =>
  [FROM, BARE, CALLED].flatMap((pattern) => [...text.matchAll(pattern)].map(([, specifier = ""]) => specifier));

/** Reads one package.json: `exports` is a path, or a map of entries to paths. */
export function ownPackage(manifest: SourceFile): OwnPackage {
  const { name, exports = {} } = JSON.parse(manifest.text) as {
    name: string;
    exports?: string | Record<string, string>;
  };
  const folder = manifest.path.split("/").slice(0, -1).join("/");
  const entries = Object.entries(typeof exports === "string" ? { ".": exports } : exports);
  return { name, folder, entries: new Map(entries.map(([entry, path]) => [entry, besideFile(manifest.path, path)])) };
}

export const ownPackages = (): OwnPackage[] => readFiles(MANIFESTS).map(ownPackage);

export function importGraph(modules: readonly SourceFile[], packages: readonly OwnPackage[]): ImportGraph {
  const known = new Set(modules.map(({ path }) => path));
  const byName = new Map(packages.map((own) => [own.name, own]));
  return new Map(
    modules.map(({ path, text }) => {
      const targets = specifiersIn(text).map((specifier) => resolved(path, specifier, byName));
      return [path, [...new Set(targets)].filter((target) => target !== undefined && known.has(target)) as string[]];
    }),
  );
}

function resolved(from: string, specifier: string, packages: ReadonlyMap<string, OwnPackage>): string | undefined {
  if (specifier.startsWith(".")) return besideFile(from, specifier);
  const [scope = "", name = "", ...rest] = specifier.split("/");
  const entry = rest.length === 0 ? "." : `./${rest.join("/")}`;
  return packages.get(`${scope}/${name}`)?.entries.get(entry);
}

/** A relative path as seen from a file. */
const besideFile = (file: string, relative: string): string => posix.join(posix.dirname(file), relative);
