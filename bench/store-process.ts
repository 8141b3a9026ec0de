/** The store as people run it, in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface StoreProcess {
  readonly origin: string;
  readonly port: number;
  /** Memory of the process in the machine, in bytes. */
  resident(): number;
  /** The processor time it has used so far, on all cores, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const MANY = "1000000000";
const LIMITS = [
  "connections",
  "connections-per-address",
  "puts-per-second",
  "put-burst",
  "puts-per-second-per-address",
  "put-burst-per-address",
];
/** Flags that raise its limits beyond reach. */
export const NO_LIMITS = LIMITS.flatMap((name) => [`--${name}`, MANY]);
const MAIN = join(import.meta.dirname, "../apps/server/bin/pli-server.mjs");
/** The command that starts it as `npm start` does. */
export const SERVER = [process.execPath, "--max-semi-space-size=16", MAIN] as const;
const TICKS_A_SECOND = 100;

/** Starts it on a free port. */
export const startStore = async (data: string, more: readonly string[]): Promise<StoreProcess> => {
  const flags = ["--port", "0", "--data", data, "--banner", "no"];
  const [program, ...before] = SERVER;
  const child = spawn(program, [...before, ...flags, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { port } = JSON.parse(line.toString()) as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "latin1"))?.[1]) * 1024,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
};
