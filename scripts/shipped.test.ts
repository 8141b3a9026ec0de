import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import sodium from "libsodium-wrappers-sumo";
import { root } from "./repository.ts";
import { bomOf, EMBEDDED } from "./shipped/cyclonedx.ts";
import { isAllowed, LICENCES_BY_FILE, readLock, shippedPackages, type Lock } from "./shipped/packages.ts";

const lock = readLock();
const shipped = shippedPackages(lock);
const bom = bomOf({ name: "pli", version: "0.1.0", licence: "EUPL-1.2" }, shipped);
const textOf = (path: string): string => readFileSync(join(root, path), "latin1");

describe("what ships", () => {
  test("is our apps and what they need at run time, and nothing that only builds or tests them", () => {
    const names = shipped.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["@pli/web", "@pli/cli", "@pli/server", "ws", "ts-mls", "react"]));
    expect(
      names.filter((name) => ["@pli/testkit", "vitest", "vite", "typescript", "pg", "mls-ts"].includes(name)),
    ).toEqual([]);
    const declared = ["apps", "packages"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((one) => one !== "testkit")
        .flatMap((one) =>
          Object.keys(
            (JSON.parse(textOf(`${folder}/${one}/package.json`)) as { dependencies?: object }).dependencies ?? {},
          ),
        ),
    );
    expect(names).toEqual(expect.arrayContaining([...new Set(declared)]));
  });

  test("has each a version and a licence that is on the list", () => {
    const wrong = shipped.filter(({ version, licence }) => version === "" || !isAllowed(licence));
    expect(wrong).toEqual([]);
  });

  test("says its licence in a file where its package.json does not", () => {
    for (const name of Object.keys(LICENCES_BY_FILE))
      expect(textOf(`node_modules/${name}/LICENSE`)).toMatch(/^MIT License/m);
  });

  test("a dependency of a dependency is found where Node finds it, and optional peers are not", () => {
    const small: Lock = {
      "": { optionalDependencies: { "node-a": "1.0.0" } },
      "apps/x": { name: "@pli/x", version: "1.0.0", license: "EUPL-1.2", dependencies: { "@pli/y": "1", b: "1" } },
      "packages/y": { name: "@pli/y", version: "1.0.0", license: "EUPL-1.2", dependencies: { c: "2" } },
      "packages/y/node_modules/c": { version: "2.0.0", license: "MIT" },
      "node_modules/@pli/y": { link: true, resolved: "packages/y" },
      "node_modules/b": {
        version: "1.0.0",
        license: "(MIT OR GPL-3.0)",
        peerDependencies: { c: "1", d: "1" },
        peerDependenciesMeta: { d: { optional: true } },
      },
      "node_modules/c": { version: "1.0.0", license: "ISC" },
      "node_modules/d": { version: "1.0.0", license: "GPL-3.0" },
      "node_modules/node-a": { version: "24.0.0", license: "MIT" },
    };
    const found = shippedPackages(small);
    expect(found.map(({ path }) => path)).toEqual([
      "apps/x",
      "node_modules/b",
      "node_modules/c",
      "node_modules/node-a",
      "packages/y",
      "packages/y/node_modules/c",
    ]);
    expect(found.map(({ licence }) => isAllowed(licence))).toEqual(found.map(() => true));
    expect(isAllowed("GPL-3.0")).toBe(false);
  });
});

describe("the CycloneDX document", () => {
  const parsed = JSON.parse(JSON.stringify(bom)) as typeof bom;

  test("has every package that ships, with version, licence and package URL", () => {
    expect([parsed.bomFormat, parsed.specVersion, parsed.version]).toEqual(["CycloneDX", "1.6", 1]);
    expect(parsed.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(parsed.components.map((component) => component["bom-ref"])).toEqual(shipped.map(({ path }) => path));
    for (const { purl, version, licenses, hashes } of parsed.components) {
      expect(purl).toMatch(/^pkg:(?:npm|generic)\/(?:%40[\w.-]+\/)?[\w./-]+@\d+\.\d+\.\d+$/);
      expect(purl.endsWith(`@${version}`)).toBe(true);
      expect(licenses).toHaveLength(1);
      expect(hashes?.[0]?.content ?? purl).toMatch(/^(?:[0-9a-f]{128}$|pkg:generic)/);
    }
  });

  test("has no package that the lock marks as one of development", () => {
    const development = Object.entries(lock as Record<string, { dev?: boolean }>).filter(([, { dev }]) => dev === true);
    const references = new Set(parsed.components.map((component) => component["bom-ref"]));
    expect(development.map(([path]) => path).filter((path) => references.has(path))).toEqual([]);
  });

  test("refers to nothing that is not in it, and reaches everything from Pli", () => {
    const known = new Map(parsed.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const queue = ["pli"];
    for (const ref of queue) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      expect(known.has(ref)).toBe(true);
      queue.push(...(known.get(ref) ?? []));
    }
    expect(reached.size).toBe(parsed.components.length + 1);
  });

  test("names the versions of what is compiled into WebAssembly", () => {
    const wasm = textOf("node_modules/@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
    const [sqlite, ciphers] = EMBEDDED["@journeyapps/wa-sqlite"] ?? [];
    expect(wasm).toContain(sqlite?.version);
    expect(wasm).toContain(`SQLite3 Multiple Ciphers ${ciphers?.version}`);
    expect(sodium.SODIUM_VERSION_STRING).toBe(EMBEDDED["libsodium-sumo"]?.[0]?.version);
  });

  test("is the same for the same lock, and another for another", () => {
    const again = bomOf({ name: "pli", version: "0.1.0", licence: "EUPL-1.2" }, shippedPackages(readLock()));
    expect(again).toEqual(bom);
    expect(bomOf({ name: "pli", version: "0.1.0", licence: "EUPL-1.2" }, shipped.slice(1)).serialNumber).not.toBe(
      bom.serialNumber,
    );
  });
});

test("every package that ships has the text of its licence beside it, but for one of two empty files", () => {
  const without = shipped
    .filter(({ path, isOurs }) => !isOurs && existsSync(join(root, path)))
    .filter(({ path }) => !readdirSync(join(root, path)).some((file) => /^(?:licen[cs]e|copying)/i.test(file)));
  expect(without.map(({ name }) => name)).toEqual(["client-only"]);
});
