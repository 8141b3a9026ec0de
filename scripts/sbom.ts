/**
 * `npm run sbom [-- FILE]`: writes what ships as a CycloneDX document, into `pli.cdx.json` unless
 * another file is named. Nothing that only builds or tests Pli is in it.
 */
import { writeFileSync } from "node:fs";
import { bomOf } from "./shipped/cyclonedx.ts";
import { readLock, shippedPackages } from "./shipped/packages.ts";

const file = process.argv[2] ?? "pli.cdx.json";
const lock = readLock();
const { name = "pli", version = "", license = "" } = lock[""] ?? {};
const bom = bomOf({ name, version, licence: license }, shippedPackages(lock));
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${bom.components.length} components are in ${file}`);
