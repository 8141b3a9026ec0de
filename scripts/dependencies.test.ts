import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

test("no package runs a script at install, comes from elsewhere than the registry, or floats", () => {
  const settings = read(".npmrc").split("\n");
  for (const setting of ["ignore-scripts=true", "save-exact=true", "allow-git=none", "allow-remote=none"])
    expect(settings).toContain(setting);
  const listed = execFileSync("git", ["ls-files", "package.json", "*/package.json"], { cwd: root, encoding: "utf8" });
  for (const file of listed.trim().split("\n")) {
    const manifest = JSON.parse(read(file)) as Record<string, Record<string, string> | undefined>;
    const versions = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
    const floating = versions.filter(([name, version]) => !name.startsWith("@pli/") && !EXACT.test(version));
    expect({ file, floating }).toEqual({ file, floating: [] });
  }
});
