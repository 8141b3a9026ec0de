import { encodeRequest, WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { randomFillSync } from "node:crypto";
import { WebSocket } from "ws";
import { randomCell, randomLabel } from "./client.ts";

/**
 * One writer that puts a new cell as soon as the last one is durable, at the least possible cost,
 * to measure the store.
 */
export interface Writer {
  start(): void;
  /** Milliseconds each put took, since the last call. */
  taken(): number[];
  close(): Promise<void>;
}

const STORED = 0x82;
/** Where the random part of the label, and some of the cell, lie in the frame of a put. */
const RANDOM_AT = 7;
const RANDOM_BYTES = 64;

export const createWriter = async (origin: string): Promise<Writer> => {
  const socket = new WebSocket(origin.replace(/^http/, "ws") + WIRE_PATH, WIRE_SUBPROTOCOL, {
    perMessageDeflate: false,
  });
  await once(socket, "open");
  socket.send(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
  await once(socket, "message");
  const frame = Buffer.from(encodeRequest({ type: "put", id: 2, label: randomLabel(), cell: randomCell() }));
  let times: number[] = [];
  let asked = 0;
  const put = (): void => {
    randomFillSync(frame, RANDOM_AT, RANDOM_BYTES);
    asked = performance.now();
    // The last frame was answered, so nothing reads it any more.
    socket.send(frame);
  };
  socket.on("message", (data: Buffer) => {
    if (data[0] !== STORED) throw new Error("the store refused a put");
    times.push(performance.now() - asked);
    put();
  });
  return {
    start: put,
    taken: () => {
      const all = times;
      times = [];
      return all;
    },
    close: async () => {
      socket.removeAllListeners("message");
      socket.close();
      await once(socket, "close");
    },
  };
};

const once = (socket: WebSocket, event: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
  });
