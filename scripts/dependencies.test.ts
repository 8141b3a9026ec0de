import { expect, test } from "vitest";
import { read, readFiles } from "./repository.ts";

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

test("no package runs a script at install, comes from elsewhere than the registry, or floats", () => {
  const settings = read(".npmrc").split("\n");
  for (const setting of ["ignore-scripts=true", "save-exact=true", "allow-git=none", "allow-remote=none"])
    expect(settings).toContain(setting);
  for (const { path: file, text } of readFiles(/(?:^|\/)package\.json$/)) {
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
    const versions = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
    const floating = versions.filter(([name, version]) => !name.startsWith("@pli/") && !EXACT.test(version));
    expect({ file, floating }).toEqual({ file, floating: [] });
  }
});
