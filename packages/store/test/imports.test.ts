import { readFileSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const IMPORT = /(?:[\w}*]\s+from\s+|\bimport\s*\(?\s*|\brequire\s*\(\s*)"([^"]+)"/g;

const STATIC_IMPORT = /(?:[\w}*]\s+from\s+|^import\s*)"([^"]+)"/gm;

/** Every file of ours that a file reaches by its imports, and every package of others. */
function reachedFrom(start: string, pattern = IMPORT): { files: Set<string>; packages: Set<string> } {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const queue = [join(root, start)];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(relative(root, file))) continue;
    files.add(relative(root, file));
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(pattern)) {
      if (isBuiltin(name)) continue;
      if (name.startsWith(".") || name.startsWith("@pli/")) queue.push(realpathSync(createRequire(file).resolve(name)));
      else packages.add(name);
    }
  }
  return { files, packages };
}

const outside = (files: Set<string>, ...folders: string[]): string[] =>
  [...files].filter((file) => !folders.some((folder) => file.startsWith(folder)));

test("the server leads to nothing of ours but the wire format, and to no package that could open anything", () => {
  const { files, packages } = reachedFrom("apps/server/src/main.ts");
  expect([...files]).toContain("packages/store/src/core/group-commit.ts");
  expect(outside(files, "apps/server/src/", "packages/store/src/", "packages/protocol/src/wire/")).toEqual([]);
  expect([...packages].toSorted()).toEqual(["@nats-io/jetstream", "@nats-io/transport-node", "qr", "ws"]);
});

test("the server loads the client of a cluster only when there is one", () => {
  const { packages } = reachedFrom("apps/server/src/main.ts", STATIC_IMPORT);
  expect([...packages].toSorted()).toEqual(["qr", "ws"]);
});

test("the wire format stands alone", () => {
  const { files, packages } = reachedFrom("packages/protocol/src/wire/index.ts");
  expect(files.size).toBeGreaterThan(5);
  expect(outside(files, "packages/protocol/src/wire/")).toEqual([]);
  expect([...packages]).toEqual([]);
});
