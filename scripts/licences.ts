/**
 * `npm run licences [-- --texts]`: the licence of each package that ships, one a line; with
 * `--texts`, the files in which they say it, for those who pass Pli on.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";
import { isAllowed, readLock, shippedPackages } from "./shipped/packages.ts";

const FILES = /^(?:licen[cs]e|copying|notice)/i;
const others = shippedPackages(readLock()).filter(({ isOurs }) => !isOurs);

for (const { path, name, version, licence } of others) {
  console.log(`${name} ${version}: ${licence}${isAllowed(licence) ? "" : " (not on the list of what may ship)"}`);
  const folder = join(root, path);
  if (!process.argv.includes("--texts") || !existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((one) => FILES.test(one))) {
    console.log(`\n${readFileSync(join(folder, file), "utf8").trimEnd()}\n`);
  }
}
process.exitCode = others.every(({ licence }) => isAllowed(licence)) ? 0 : 1;
