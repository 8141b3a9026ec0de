/**
 * What ships: our apps, the packages of ours that they name, what those bring along, and the Node
 * that runs them. Read from package-lock.json alone, so it is the same on every machine.
 */
import { read } from "../repository.ts";

export interface ShippedPackage {
  /** Where it stands in the lock: `node_modules/ws`, `packages/engine`. Unique. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier or expression; empty where the package says none. */
  readonly licence: string;
  readonly isOurs: boolean;
  /** The registry's SHA-512 of the archive, in base64; none for our own. */
  readonly integrity?: string;
  /** Paths of the packages that it names and that ship. */
  readonly dependencies: readonly string[];
}

export interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The `packages` of a package-lock.json of version 3. */
export type Lock = Readonly<Record<string, Locked>>;

/** Licences that packages have and do not name in their package.json: their file says them. */
export const LICENCES_BY_FILE: Readonly<Record<string, string>> = { "@journeyapps/wa-sqlite": "MIT" };

/** Licences under which something may ship. */
export const ALLOWED_LICENCES = new Set(["0BSD", "Apache-2.0", "BSD-3-Clause", "EUPL-1.2", "ISC", "MIT", "Unlicense"]);

export const readLock = (): Lock => (JSON.parse(read("package-lock.json")) as { packages: Lock }).packages;

/** All that ships by this lock, by path. */
export function shippedPackages(lock: Lock): ShippedPackage[] {
  const found = new Map<string, ShippedPackage>();
  const apps = Object.keys(lock).filter((path) => path.startsWith("apps/"));
  const runtimes = Object.keys(lock[""]?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  for (const path of [...apps, ...runtimes]) visit(path);
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));

  function visit(path: string): void {
    if (found.has(path)) return;
    const locked = lock[path] ?? {};
    const dependencies = namesIn(locked).flatMap((name) => resolved(lock, path, name) ?? []);
    found.set(path, { path, ...describe(path, locked), dependencies });
    for (const dependency of dependencies) visit(dependency);
  }
}

/** What a package needs at run time; peers that are optional are somebody else's to name. */
const namesIn = ({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] => {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])].toSorted();
};

/**
 * Where Node finds a package from another one: the nearest node_modules; a link leads to its
 * folder.
 */
function resolved(lock: Lock, from: string, name: string): string | undefined {
  const parts = from.split("/");
  for (let end = parts.length; end >= 0; end--) {
    const path = [...parts.slice(0, end), "node_modules", name].join("/");
    const locked = lock[path];
    if (locked !== undefined) return locked.link === true ? locked.resolved : path;
  }
  return undefined;
}

function describe(path: string, locked: Locked): Omit<ShippedPackage, "path" | "dependencies"> {
  const name = locked.name ?? path.split("node_modules/").at(-1) ?? path;
  return {
    name,
    version: locked.version ?? "",
    licence: (locked.license ?? LICENCES_BY_FILE[name] ?? "").replaceAll(/^\(|\)$/g, ""),
    isOurs: !path.includes("node_modules/"),
    ...(locked.integrity !== undefined && { integrity: locked.integrity }),
  };
}

/** Whether a licence, or one of two that may be chosen, is allowed. */
export const isAllowed = (licence: string): boolean =>
  licence.split(" OR ").some((choice) => ALLOWED_LICENCES.has(choice));
