import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** What the service worker's source says where the list goes. */
const PLACEHOLDER = /"__PLI_FILES__"|`__PLI_FILES__`|'__PLI_FILES__'/;

/**
 * Writes into the service worker `[path, sha256 in base64]` of every file of the build, sorted, so
 * that it keeps exactly these bytes and no others, and so that any change of the app is a change of
 * the service worker.
 */
export function precache(serviceWorker: string): Plugin {
  let publicDir = "";
  return {
    name: "pli-precache",
    apply: "build",
    configResolved(config) {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const entry = bundle[serviceWorker];
        if (entry?.type !== "chunk") return;
        if (entry.imports.length > 0) this.error("the service worker must stand alone, in one file");
        const built = Object.values(bundle)
          .filter((file) => file !== entry)
          .map((file) => hashed(file.fileName, file.type === "chunk" ? file.code : file.source));
        const files = [...built, ...publicFiles(publicDir)].toSorted(([a], [b]) => (a < b ? -1 : 1));
        if (!PLACEHOLDER.test(entry.code)) this.error("the service worker has no place for the list of files");
        entry.code = entry.code.replace(PLACEHOLDER, () => JSON.stringify(files));
      },
    },
  };
}

function publicFiles(directory: string): [string, string][] {
  return globSync("**/*.*", { cwd: directory }).map((name) => hashed(name, readFileSync(join(directory, name))));
}

function hashed(name: string, content: string | Uint8Array): [string, string] {
  const path = name === "index.html" ? "/" : `/${name.replaceAll("\\", "/")}`;
  return [path, createHash("sha256").update(content).digest("base64")];
}
