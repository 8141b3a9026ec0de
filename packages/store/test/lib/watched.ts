import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { EngineName, StoreLimits } from "../../src/index.ts";

/** A store in a process of its own, and its metrics. */
export interface WatchedStore {
  readonly origin: string;
  readonly port: number;
  readonly child: ChildProcess;
  metric(name: string): Promise<number>;
}

const PROCESS = fileURLToPath(new URL("watched-process.ts", import.meta.url));

export const startWatched = async (
  data: string,
  options: {
    readonly pingMs?: number;
    readonly port?: number;
    readonly engine?: EngineName;
    readonly limits?: Partial<StoreLimits>;
  } = {},
): Promise<WatchedStore> => {
  const { pingMs = 30_000, port: wanted = 0, engine = "log", limits = {} } = options;
  const child = spawn(
    process.execPath,
    [PROCESS, data, String(pingMs), String(wanted), engine, JSON.stringify(limits)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const [port, metricsPort] = line.toString().trim().split(" ");
  return {
    origin: `http://127.0.0.1:${port}`,
    port: Number(port),
    child,
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
    },
  };
};
