/**
 * Server programs as processes of ours: started on loopback, their CPU and memory read from /proc,
 * killed with all their children.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, openSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

export interface ServerProcess {
  /** CPU seconds used so far by the process and its children. */
  cpu(): number;
  /** Resident memory of all of them, in bytes; what they share counts once for each. */
  memory(): number;
  /** SIGKILL to all of them; resolves when they are gone. */
  kill(): Promise<void>;
}

export interface Program {
  readonly command: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A user of the system to run as, when we are root and the program refuses root. */
  readonly user?: string;
}

const READY_MS = 120_000;
const PROBE_MS = 5;
const CLOCK_TICKS = 100;
const running = new Set<ServerProcess & { signalAll(): void }>();

/**
 * Starts a program and resolves when its port takes connections. Its output goes to `output.txt` in
 * its folder. Throws with the end of that when it does not come up.
 */
export const startProgram = async (program: Program): Promise<ServerProcess> => {
  if (await listens(program.port)) throw new Error(`port ${program.port} is taken: is another bench running?`);
  const output = join(program.folder, "output.txt");
  const file = openSync(output, "a");
  const [name = "", ...args] = program.command;
  const child = spawn(name, args, {
    cwd: program.folder,
    stdio: ["ignore", file, file],
    env: { ...process.env, ...program.environment },
    ...identityOf(program.user),
  });
  let over = false;
  child.on("error", () => (over = true));
  child.on("exit", () => (over = true));
  const server = serverProcess(child.pid ?? 0, () => over);
  running.add(server);
  for (const end = performance.now() + READY_MS; !(await listens(program.port)); await pause(PROBE_MS)) {
    if (over || performance.now() > end) {
      await server.kill();
      throw new Error(`${name} did not start: ${readFileSync(output, "utf8").trim().slice(-600)}`);
    }
  }
  return server;
};

/** Runs a program to its end; throws with what it said when it fails. */
export const runProgram = async (command: readonly string[], user?: string): Promise<string> => {
  const [name = "", ...args] = command;
  const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"], ...identityOf(user) });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${name} failed: ${said.trim().slice(-600)}`);
  return said;
};

// However the bench ends, what it started ends with it.
process.on("exit", () => {
  for (const { signalAll } of running) signalAll();
});
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => process.exit(1));

/** Kills whatever is still running. */
export const killAll = async (): Promise<void> => {
  await Promise.all([...running].map((server) => server.kill()));
};

/** Gives a folder to the user a program runs as. */
export const giveTo = (folder: string, user: string): void => {
  const { uid, gid } = identityOf(user);
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
};

const identityOf = (user: string | undefined): { uid?: number; gid?: number } => {
  if (user === undefined || process.getuid?.() !== 0) return {};
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
};

const serverProcess = (pid: number, isOver: () => boolean) => {
  const signalAll = (): void => {
    for (const member of familyOf(pid)) signal(member.pid, "SIGKILL");
  };
  const server = {
    signalAll,
    cpu: () => sum(familyOf(pid).map(({ ticks }) => ticks)) / CLOCK_TICKS,
    memory: () => sum(familyOf(pid).map((member) => residentBytes(member.pid))),
    kill: async () => {
      const family = familyOf(pid);
      signalAll();
      while (!isOver() || family.some((member) => isAlive(member.pid))) await pause(PROBE_MS);
      running.delete(server);
    },
  };
  return server;
};

interface Member {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** The process and all that descend from it. */
const familyOf = (pid: number): Member[] => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => memberOf(Number(name)));
  const family = all.filter((member) => member.pid === pid);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
};

const memberOf = (pid: number): Member[] => {
  const stat = readProc(pid, "stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 15 || fields[0] === "Z") return [];
  // Fields 4 and 14 to 17 of proc(5): the parent; user and system time, its own and of the children
  // it has waited for.
  const ticks = sum(fields.slice(11, 15).map(Number));
  return [{ pid, parent: Number(fields[1]), ticks }];
};

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, "status"))?.[1] ?? 0) * 1024;

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

const isAlive = (pid: number): boolean => memberOf(pid).length > 0;

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
