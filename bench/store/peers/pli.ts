import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Cell, Label } from "@pli/protocol/wire";
import { connectWire } from "../clients/pli.ts";
import { WORKS, type Peer, type PeerClient, type Place, type RunningPeer } from "../peer.ts";
import { startProgram } from "../server-process.ts";
import { NO_LIMITS, SERVER } from "../../store-process.ts";

/** Every cell in full to every follower, however busy the feed: what the other systems do. */
const FULL_FORM = ["--full-feed-mib", "1000000"];

/** The store as people run it, its rate limits lifted, on one of its engines. */
export const createPliPeer = (engine: string): Peer => ({
  name: `pli-${engine}`,
  works: WORKS,
  packages: [],
  how: "put of a cell over its WebSocket, answered when durable; 64 connections, our frames on bare sockets",
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
  const command = [...SERVER, ...where, ...quiet, ...NO_LIMITS, ...options.flags];
  const server = await startProgram({ command, folder, port });
  return runningPli(server, port);
};

const runningPli = (server: RunningPeer["process"], port: number): RunningPeer => ({
  process: server,
  connect: () => connectPli(port, () => {}),
  follow: async (from, each) => {
    const client = await connectPli(port, each);
    await client.follow(from);
    return { stop: client.close };
  },
});

interface PliClient extends PeerClient {
  follow(from: "start" | "now"): Promise<void>;
}

/** One connection, hello answered. `each` gets every cell of the feed followed. */
const connectPli = async (port: number, each: (cell: Uint8Array) => void): Promise<PliClient> => {
  let from = 0;
  const client = await connectWire(port, (answer) => {
    if (answer.type === "entries" && answer.first >= from) for (const { cell } of answer.entries) each(cell);
  });
  const follow = async (position: number): Promise<number> => {
    const answer = await client.ask((id) => ({ type: "follow", id, feed: 0, from: position }));
    if (answer.type !== "following") throw new Error(`the store said ${answer.type}`);
    return answer.next;
  };
  return {
    put: async (key, value) => {
      const answer = await client.ask((id) => ({ type: "put", id, label: labelFrom(key), cell: cellFrom(value) }));
      if (answer.type !== "stored" || answer.outcome === "taken") throw new Error(`the store said ${answer.type}`);
    },
    get: async (key) => {
      const answer = await client.ask((id) => ({ type: "get", id, label: labelFrom(key) }));
      if (answer.type !== "found") throw new Error(`the store said ${answer.type}`);
      return answer.bytes;
    },
    follow: async (start) => {
      if (start === "start") return void (await follow(0));
      from = Number.MAX_SAFE_INTEGER;
      from = await follow(0);
      await follow(from);
    },
    close: client.close,
  };
};

/** Any 32 bytes, as a label of feed 0. */
const labelFrom = (key: Buffer): Label => {
  const label = new Uint8Array(key);
  label.fill(0, 0, 2);
  return label as Label;
};

const cellFrom = (value: Buffer): Cell => value as Uint8Array as Cell;
