import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../../../../apps/server/bin/pli-server.mjs");
const MANY = "1000000000";
const UNLIMITED = ["puts-per-second", "put-burst", "puts-per-second-per-address", "put-burst-per-address"];

/** `pli-server` with these arguments, killed after the test. */
const spawnServer = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess => {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
};

export interface ServerProcess {
  readonly origin: string;
  readonly child: ChildProcess;
  /** Everything it has written to its log. */
  readonly lines: () => string;
}

/**
 * A store as operators run it, on any free port, which does not limit its writers and gives its
 * feeds in full.
 */
export const startServer = (data: string, ...settings: string[]): Promise<ServerProcess> =>
  startServerIn({}, data, ...settings);

/** The same with these variables of the environment. */
export const startServerIn = async (
  environment: NodeJS.ProcessEnv,
  data: string,
  ...settings: string[]
): Promise<ServerProcess> => {
  const limits = UNLIMITED.flatMap((name) => [`--${name}`, MANY]);
  const fixed = ["--port", "0", "--banner", "no", "--full-feed-mib", "1000000"];
  const child = spawnServer([...fixed, "--data", data, ...limits, ...settings], environment);
  let text = "";
  child.stdout?.on("data", (piece: Buffer) => (text += piece.toString()));
  while (!text.includes('"event":"started"')) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "exit")]);
  }
  return { origin: `http://127.0.0.1:${/"port":(\d+)/.exec(text)?.[1]}`, child, lines: () => text };
};

/** A port at which nothing listens. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

/** The outcome of a command of the server. `code` is undefined when it was killed. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the server, and kills it as soon as it writes `killAt`. */
export const runCommand = async (args: readonly string[], killAt?: string): Promise<Ended> => {
  const child = spawnServer(args);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (piece: Buffer) => (out += piece.toString()));
  child.stderr?.on("data", (piece: Buffer) => {
    err += piece.toString();
    if (killAt !== undefined && err.includes(killAt)) child.kill("SIGKILL");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? undefined, out, err };
};
