/** The local socket over which the processes of one home share its engine. */
import { createHash, createHmac } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { DatabaseError } from "@pli/engine/ports";
import type { Channel } from "@pli/engine/rpc";
import { socketFolder } from "./private-folder.ts";

/** The longest path, in bytes, that a Unix socket can have on every system. */
const LONGEST_PATH = 100;
/** How long a holder may take to greet. */
const LONGEST_SILENCE_MS = 15_000;
/** The longest message in characters. A page of 10,000 messages fits. */
const LONGEST_LINE = 256 * 1024 * 1024;

/**
 * The path at which the processes of one home connect: a Unix socket, or a named pipe on Windows,
 * that only its user can open.
 */
export function linePath(home: string): string {
  const name = createHash("sha256").update(home).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\pli-${userInfo().username}-${name}`;
  const inHome = join(home, "pli.sock");
  return Buffer.byteLength(inHome) <= LONGEST_PATH ? inHome : join(socketFolder(), `${name}.sock`);
}

/**
 * What the holder of a home says first to each process that comes: one home may have several
 * profiles, and only who has the same key uses this one's engine.
 */
export const greetingOf = (key: Uint8Array): string => createHmac("sha256", key).update("pli line").digest("hex");

/**
 * Listens for the other processes of this home. Only the holder of its lock may do so, because this
 * removes the socket that a dead process left.
 */
export function listenOn(path: string, greeting: string, connected: (channel: Channel) => void): Promise<Server> {
  if (process.platform !== "win32") rmSync(path, { force: true });
  const server = createServer((socket) => {
    const channel = channelFromSocket(socket);
    channel.send(greeting);
    connected(channel);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      if (process.platform !== "win32") chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

/**
 * A channel to the process that listens there; undefined when none does. Rejects with
 * `database_locked` when it runs another profile of the home, so that it greets otherwise.
 */
export function dialLine(path: string, greeting: string): Promise<Channel | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", () => resolve(undefined));
    socket.once("connect", () => {
      const channel = channelFromSocket(socket);
      const silent = setTimeout(channel.close, LONGEST_SILENCE_MS);
      channel.onClose(() => resolve(undefined));
      // After the greeting the holder says nothing before it is asked.
      channel.onMessage((message) => {
        clearTimeout(silent);
        if (message === greeting) return resolve(channel);
        reject(new DatabaseError("database_locked"));
      });
    });
  });
}

/** JSON values, one a line. What is not JSON, or longer than any message, closes the channel. */
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
    // Splitting at every piece of a long message would copy all of it each time.
    if (!data.includes("\n")) return;
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

/** Undefined, which no JSON stands for, where the text is not JSON. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Both ends of a channel within this process. A message arrives after the call that sent it. */
export function channelPair(): [Channel, Channel] {
  const closings = new Set<() => void>();
  const listeners: ((message: unknown) => void)[][] = [[], []];
  let over = false;
  const close = (): void => {
    if (over) return;
    over = true;
    for (const closing of closings) closing();
  };
  const end = (mine: 0 | 1): Channel => ({
    send: (message) => {
      queueMicrotask(() => {
        if (!over) for (const listener of listeners[1 - mine] ?? []) listener(message);
      });
    },
    onMessage: (listener) => void listeners[mine]?.push(listener),
    onClose: (listener) => void closings.add(listener),
    close,
  });
  return [end(0), end(1)];
}
