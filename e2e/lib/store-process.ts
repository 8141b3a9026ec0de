import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const MAIN = join(import.meta.dirname, "../../apps/server/bin/pli-server.mjs");

/**
 * `PLI_ENGINE` says on which engine the tests run. On a cluster each store has streams of its own,
 * and no folder to look into.
 */
export const hasFolder = !(process.env["PLI_ENGINE"] ?? "").includes("://");

/**
 * A store in a process of its own, with the built web app, that can be killed and started again on
 * the same port.
 */
export interface StoreProcess {
  readonly origin: string;
  readonly data: string;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  start(): Promise<void>;
}

/** A test that fails half-way leaves no store behind: it would keep the runner's output open. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A new folder under the system's temporary one. */
export const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `pli-${name}-`));

/** `web`: the folder of the web app it serves, when that is not the one built here. */
export async function startStoreProcess(data = temporaryFolder("store"), web = ""): Promise<StoreProcess> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const origin = `http://127.0.0.1:${port}`;

  async function start(): Promise<void> {
    child = spawn(process.execPath, [MAIN, "--port", String(port), "--data", data], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        PLI_BANNER: "no",
        PLI_LOG_LEVEL: "error",
        PLI_WEB: web,
        ...(hasFolder ? {} : { PLI_NATS_PREFIX: basename(data) }),
      },
    });
    running.add(child);
    await untilLive(origin, child);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return null;
    running.delete(ending);
    const exit = new Promise<number | null>((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    return exit;
  }

  await start();
  return { origin, data, start, kill: async () => void (await end("SIGKILL")), stop: () => end("SIGTERM") };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

async function untilLive(origin: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the store ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${origin}/livez`)).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
