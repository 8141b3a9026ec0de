import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a peer's committed configuration into its folder, each `@NAME@` in it replaced, and
 * returns the path.
 */
export const writeConfiguration = (
  file: string,
  folder: string,
  values: Readonly<Record<string, string | number>>,
): string => {
  const template = readFileSync(join(import.meta.dirname, "peers", file), "utf8");
  const text = template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${file} names @${name}@, which has no value`);
    return String(value);
  });
  const path = join(folder, file.replace(/\.in$/, ""));
  writeFileSync(path, text);
  return path;
};
