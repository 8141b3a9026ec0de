#!/usr/bin/env node
// Any Node from 20 on may start this file; Pli itself runs on the Node its repository brings (24),
// which reads .ts, from its bundle or, where there is none of these sources, from them.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { programOf } from "../../../scripts/bundled.mjs";

const OLDEST = 24;
const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = programOf("cli");

if (Number.parseInt(process.versions.node, 10) >= OLDEST) await import(pathToFileURL(main).href);
else runWithOwnNode();

/**
 * The child learns of signals, and of the end of this process, by the channel between them
 * (src/node/wrapper.ts).
 */
function runWithOwnNode() {
  const node = ownNode();
  if (node === undefined) return refuse();
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.connected && child.send(signal, () => {}));
  child.on("error", refuse);
  child.on("exit", (code, signal) =>
    signal === null ? process.exit(code ?? 1) : process.exit(signal === "SIGINT" ? 130 : 1),
  );
}

function ownNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folder = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  for (let at = here; at !== dirname(at); at = dirname(at)) {
    const binary = join(at, "node_modules", folder, "bin", name);
    if (existsSync(binary)) return binary;
  }
  return undefined;
}

function refuse() {
  const french = /^fr/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "");
  console.error(
    french
      ? `pli\u202f: il faut Node 24, et celui du dépôt n’est pas installé. Lancez «\u202fnpm install\u202f» dans le dossier de Pli.`
      : "pli: Node 24 is needed, and the repository’s own is not installed. Run “npm install” in Pli’s folder.",
  );
  process.exit(1);
}
