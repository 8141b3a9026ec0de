import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import type { Channel } from "@pli/engine/rpc";

/** The longest path a Unix socket may have everywhere. */
const LONGEST_PATH = 100;
/** The longest message: a page of 10,000 messages fits. */
const LONGEST_LINE = 256 * 1024 * 1024;

/**
 * Where the commands of one home meet: a Unix socket, or a named pipe on Windows, that only its
 * user can open.
 */
export function linePath(home: string): string {
  const name = createHash("sha256").update(home).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\pli-${userInfo().username}-${name}`;
  const inHome = join(home, "pli.sock");
  return Buffer.byteLength(inHome) <= LONGEST_PATH ? inHome : join(privateFolder(), `${name}.sock`);
}

/**
 * A folder outside the home, for homes whose path is too long; refused when somebody else has made
 * it.
 */
function privateFolder(): string {
  const { uid } = userInfo();
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `pli-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) throw new PliError("home_unsafe");
  return folder;
}

/**
 * Listens for the other commands of this home. Only whoever holds its lock may: a socket left by a
 * dead one is removed.
 */
export function listenOn(path: string, connected: (channel: Channel) => void): Promise<Server> {
  if (process.platform !== "win32") rmSync(path, { force: true });
  const server = createServer((socket) => connected(channelFromSocket(socket)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      if (process.platform !== "win32") chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

/** A line to whoever listens there; undefined when nobody does. */
export function dialLine(path: string): Promise<Channel | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(undefined));
    socket.once("connect", () => resolve(channelFromSocket(socket)));
  });
}

/** JSON values, one a line. What is no JSON, or longer than any honest message, ends it. */
function channelFromSocket(socket: Socket): Channel {
  const listeners = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  const early: unknown[] = [];
  let rest = "";
  let over = false;

  function end(): void {
    if (over) return;
    over = true;
    socket.destroy();
    for (const closing of closings) closing();
  }

  function read(line: string): void {
    const message = parseJson(line);
    if (message === undefined) return end();
    if (listeners.size === 0) early.push(message);
    for (const listener of listeners) listener(message);
  }

  socket.setEncoding("utf8");
  socket.on("data", (data: string) => {
    rest += data;
    if (rest.length > LONGEST_LINE) return end();
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (!over) read(line);
  });
  socket.on("error", end);
  socket.on("close", end);
  return {
    send: (message) => {
      if (!over) socket.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) => {
      listeners.add(listener);
      for (const message of early.splice(0)) listener(message);
    },
    onClose: (listener) => void closings.add(listener),
    close: end,
  };
}

/** Undefined, which JSON cannot say, when it is none. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Both ends of a line within this process. Messages arrive after the call that sent them. */
export function channelPair(): [Channel, Channel] {
  const closings = new Set<() => void>();
  const heard: ((message: unknown) => void)[][] = [[], []];
  let over = false;
  const close = (): void => {
    if (over) return;
    over = true;
    for (const closing of closings) closing();
  };
  const end = (mine: 0 | 1): Channel => ({
    send: (message) => {
      queueMicrotask(() => {
        if (!over) for (const listener of heard[1 - mine] ?? []) listener(message);
      });
    },
    onMessage: (listener) => void heard[mine]?.push(listener),
    onClose: (listener) => void closings.add(listener),
    close,
  });
  return [end(0), end(1)];
}
