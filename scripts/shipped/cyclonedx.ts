/** What ships, as a CycloneDX 1.6 document (ECMA-424): the same bytes for the same lock. */
import { createHash } from "node:crypto";
import type { ShippedPackage } from "./packages.ts";

interface Component {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly ({ license: { id: string } } | { expression: string })[];
  readonly purl: string;
  readonly hashes?: readonly { alg: "SHA-512"; content: string }[];
  readonly components?: readonly Component[];
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { ref: string; dependsOn: readonly string[] }[];
}

/** Libraries compiled into the WebAssembly of a package: scanners for weaknesses look for these. */
export const EMBEDDED: Readonly<Record<string, readonly { name: string; version: string; licence: string }[]>> = {
  "@journeyapps/wa-sqlite": [
    { name: "sqlite", version: "3.53.0", licence: "blessing" },
    { name: "sqlite3mc", version: "2.3.3", licence: "MIT" },
  ],
  "libsodium-sumo": [{ name: "libsodium", version: "1.0.22", licence: "ISC" }],
};

export function bomOf(
  product: { name: string; version: string; licence: string },
  shipped: readonly ShippedPackage[],
): Bom {
  const components = shipped.map(componentOf);
  const self: Component = {
    type: "application",
    "bom-ref": product.name,
    name: product.name,
    version: product.version,
    licenses: licensesOf(product.licence),
    purl: `pkg:generic/${product.name}@${product.version}`,
  };
  const roots = shipped.filter(({ path }) => !shipped.some(({ dependencies }) => dependencies.includes(path)));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialOf(JSON.stringify(components)),
    version: 1,
    metadata: { component: self },
    components,
    dependencies: [
      { ref: self["bom-ref"], dependsOn: roots.map(({ path }) => path) },
      ...shipped.map(({ path, dependencies }) => ({ ref: path, dependsOn: dependencies })),
    ],
  };
}

function componentOf({ path, name, version, licence, isOurs, integrity }: ShippedPackage): Component {
  const [scope, rest] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const embedded = EMBEDDED[name]?.map((one) => embeddedIn(path, one));
  return {
    type: typeOf(path),
    "bom-ref": path,
    ...(scope !== undefined && { group: scope }),
    name: rest ?? name,
    version,
    licenses: licensesOf(licence),
    purl: isOurs ? `pkg:generic/pli/${rest}@${version}` : `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(integrity !== undefined && { hashes: [{ alg: "SHA-512", content: hexOf(integrity) }] }),
    ...(embedded !== undefined && { components: embedded }),
  };
}

function typeOf(path: string): Component["type"] {
  if (path.startsWith("apps/")) return "application";
  return path.startsWith("node_modules/node-") ? "platform" : "library";
}

const embeddedIn = (
  path: string,
  { name, version, licence }: { name: string; version: string; licence: string },
): Component => ({
  type: "library",
  "bom-ref": `${path}#${name}`,
  name,
  version,
  licenses: licensesOf(licence),
  purl: `pkg:generic/${name}@${version}`,
});

const licensesOf = (licence: string): Component["licenses"] =>
  licence.includes(" ") ? [{ expression: licence }] : [{ license: { id: licence } }];

const hexOf = (integrity: string): string => Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");

/** A UUID made from the content (RFC 9562, version 8): another lock has another. */
function serialOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
