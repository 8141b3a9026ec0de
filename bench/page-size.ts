/**
 * What a first visit downloads: the page's own files, and the worker's. Needs a build of apps/web.
 */
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

interface Measurement {
  bench: string;
  subject: string;
  metric: string;
  value: number;
  unit: string;
}

const dist = new URL("../apps/web/dist/", import.meta.url);
const worker = /^assets\/pli-worker-.*\.js$/;

export async function run(): Promise<Measurement[]> {
  const assets = readdirSync(new URL("assets/", dist)).map((name) => `assets/${name}`);
  return [
    ...measured(
      "page javascript",
      assets.filter((file) => file.endsWith(".js") && !worker.test(file)),
    ),
    ...measured(
      "page first javascript",
      filesOf("index.html").filter((file) => file.endsWith(".js")),
    ),
    ...measured(
      "page styles",
      assets.filter((file) => file.endsWith(".css")),
    ),
    ...measured(
      "worker javascript",
      assets.filter((file) => worker.test(file)),
    ),
    ...measured(
      "worker webassembly",
      assets.filter((file) => file.endsWith(".wasm")),
    ),
    ...measured("service worker", ["service-worker.js"]),
  ];
}

/** The assets a page names itself. */
function filesOf(page: string): string[] {
  const html = readFileSync(new URL(page, dist), "utf8");
  return Array.from(html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g), ([, file]) => file ?? "");
}

function measured(subject: string, files: string[]): Measurement[] {
  const contents = files.map((file) => readFileSync(new URL(file, dist)));
  const total = (size: (content: Buffer) => number): number => contents.reduce((sum, file) => sum + size(file), 0);
  const row = (metric: string, value: number): Measurement => ({
    bench: "page-size",
    subject,
    metric,
    value,
    unit: "bytes",
  });
  return [
    row(
      "raw",
      total((file) => file.length),
    ),
    row(
      "gzip",
      total((file) => gzipSync(file, { level: 9 }).length),
    ),
    row(
      "brotli",
      total((file) => brotliCompressSync(file).length),
    ),
  ];
}
