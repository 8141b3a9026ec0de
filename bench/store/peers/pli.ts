import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  encodeRequest,
  parseAnswer,
  WIRE_PATH,
  WIRE_SUBPROTOCOL,
  type Answer,
  type Cell,
  type Label,
} from "@pli/protocol/wire";
import { WebSocket } from "ws";
import { WORKS, type Peer, type PeerClient, type Place, type RunningPeer } from "../peer.ts";
import { startProgram } from "../server-process.ts";
import { NO_LIMITS } from "../../store-process.ts";

const MAIN = join(import.meta.dirname, "../../../apps/server/src/main.ts");
/** Every cell in full to every follower, however busy the feed: what the other systems do. */
const FULL_FORM = ["--full-feed-mib", "1000000"];

/** The store as people run it, its rate limits lifted, on one of its engines. */
export const createPliPeer = (engine: string): Peer => ({
  name: `pli-${engine}`,
  works: WORKS,
  packages: [],
  how: "put of a cell over its WebSocket, answered when durable; 64 connections, our frames over npm's ws",
  start: (place) => startPli({ engine, place, flags: FULL_FORM }),
});

/** Starts it with more flags. */
export const startPli = async (options: {
  readonly engine: string;
  readonly place: Place;
  readonly flags: readonly string[];
}): Promise<RunningPeer> => {
  const { folder, port } = options.place;
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  const where = ["--port", String(port), "--data", data, "--engine", options.engine];
  const quiet = ["--banner", "no", "--log-level", "warn"];
  const command = [process.execPath, MAIN, ...where, ...quiet, ...NO_LIMITS, ...options.flags];
  const server = await startProgram({ command, folder, port });
  return runningPli(server, `ws://127.0.0.1:${port}${WIRE_PATH}`);
};

const runningPli = (server: RunningPeer["process"], address: string): RunningPeer => ({
  process: server,
  connect: () => connectPli(address, () => {}),
  follow: async (from, each) => {
    const client = await connectPli(address, each);
    await client.follow(from);
    return { stop: client.close };
  },
});

interface PliClient extends PeerClient {
  follow(from: "start" | "now"): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One connection, hello answered. `each` gets every cell of the feed followed. */
const connectPli = async (address: string, each: (cell: Uint8Array) => void): Promise<PliClient> => {
  const socket = new WebSocket(address, WIRE_SUBPROTOCOL, { perMessageDeflate: false });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let from = 0;
  socket.on("message", (frame: Buffer) => {
    const parsed = parseAnswer(frame);
    if (!parsed.ok) throw new Error("the store sent a bad frame");
    const answer = parsed.value;
    if (answer.type === "entries") {
      if (answer.first >= from) for (const { cell } of answer.entries) each(cell);
      return;
    }
    if (answer.type === "following") from = Math.max(from, answer.oldest);
    settle(waiting.get(answer.id), answer);
    waiting.delete(answer.id);
  });
  await opened(socket);
  const ask = (encode: (id: number) => Uint8Array): Promise<Answer> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      socket.send(encode(lastId));
    });
  const follow = (position: number): Promise<Answer> =>
    ask((id) => encodeRequest({ type: "follow", id, feed: 0, from: position }));
  await ask((id) => encodeRequest({ type: "hello", id, minVersion: 1, maxVersion: 1 }));
  return {
    put: async (key, value) => {
      await ask((id) => encodeRequest({ type: "put", id, label: labelFrom(key), cell: cellFrom(value) }));
    },
    get: async (key) => {
      const answer = await ask((id) => encodeRequest({ type: "get", id, label: labelFrom(key) }));
      if (answer.type !== "found") throw new Error(`the store said ${answer.type}`);
      return answer.bytes;
    },
    follow: async (start) => {
      if (start === "now") from = Number.MAX_SAFE_INTEGER;
      const answer = await follow(0);
      if (start !== "now" || answer.type !== "following") return;
      from = answer.next;
      await follow(from);
    },
    close: async () => {
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.close();
      await closed;
    },
  };
};

const settle = (waiting: Waiting | undefined, answer: Answer): void => {
  const refused = answer.type === "error" || (answer.type === "stored" && answer.outcome === "taken");
  if (refused) waiting?.reject(new Error(`the store said ${answer.type === "error" ? answer.code : "taken"}`));
  else waiting?.resolve(answer);
};

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });

/** Any 32 bytes, as a label of feed 0. */
const labelFrom = (key: Buffer): Label => {
  const label = new Uint8Array(key);
  label.fill(0, 0, 2);
  return label as Label;
};

const cellFrom = (value: Buffer): Cell => value as Uint8Array as Cell;
