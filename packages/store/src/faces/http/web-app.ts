import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** One file of the web app, ready to be sent. */
export interface WebFile {
  readonly type: string;
  /** Whether it is the page or a script. */
  readonly isApp: boolean;
  readonly etag: string;
  readonly cache: string;
  readonly plain: Buffer;
  /** The compressed file, when its type gains from that. Made at the first request. */
  gzip(): Buffer | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const SCRIPTS = new Set([".js", ".mjs"]);
const GAINS = new Set([".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest"]);
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
const FOREVER = "public, max-age=31536000, immutable";

/**
 * Reads the built web app into memory, by path. Only these paths are ever served. Undefined when
 * the folder has no `index.html`.
 */
export const readWebApp = (folder: string): ReadonlyMap<string, WebFile> | undefined => {
  const files = new Map<string, WebFile>();
  if (statSync(join(folder, "index.html"), { throwIfNoEntry: false }) === undefined) return undefined;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    files.set(path, webFile(path, readFileSync(file)));
  }
  return files;
};

const webFile = (path: string, plain: Buffer): WebFile => {
  const extension = extname(path);
  let packed: Buffer | undefined;
  return {
    type: TYPES[extension] ?? "application/octet-stream",
    isApp: path === "/index.html" || SCRIPTS.has(extension),
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    cache: HASHED.test(path) ? FOREVER : "no-cache",
    plain,
    gzip: () => {
      if (!GAINS.has(extension) || plain.length < 1024) return undefined;
      return (packed ??= gzipSync(plain));
    },
  };
};
