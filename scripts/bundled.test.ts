import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleOf, programOf, stateOf } from "./bundled.mjs";

const SOURCES = ["apps/cli/src/main.ts", "packages/engine/src/index.ts"];

/** A repository with two sources and a bundle of them. */
function bundledRepository(): string {
  const root = mkdtempSync(join(tmpdir(), "pli-bundled-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of SOURCES) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), "export {};");
  }
  const { folder, inputs } = bundleOf("cli", root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(inputs, JSON.stringify(Object.fromEntries(SOURCES.map((path) => [path, stateOf(join(root, path))]))));
  return root;
}

const bundled = (root: string): string => join(root, "apps/cli/dist/main.js");
const source = (root: string): string => join(root, "apps/cli/src/main.ts");

test("a program starts from its bundle while no source has changed", () => {
  const root = bundledRepository();
  expect(programOf("cli", root)).toBe(bundled(root));
});

test.each(SOURCES)("when %s has changed, it starts from its source", (path) => {
  const root = bundledRepository();
  utimesSync(join(root, path), 0, 0);
  expect(programOf("cli", root)).toBe(source(root));
});

test.each(SOURCES)("when %s is gone, it starts from its source", (path) => {
  const root = bundledRepository();
  rmSync(join(root, path));
  expect(programOf("cli", root)).toBe(source(root));
});

test("without a bundle, or with a damaged list, it starts from its source", () => {
  const root = bundledRepository();
  writeFileSync(bundleOf("cli", root).inputs, "{");
  expect(programOf("cli", root)).toBe(source(root));
  expect(programOf("server", root)).toBe(join(root, "apps/server/src/main.ts"));
});
