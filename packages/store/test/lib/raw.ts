import { WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";

/** Where a store listens, and the address of this machine to call from. */
export interface Target {
  readonly port: number;
  readonly from?: string;
}

/** A connection that sends these bytes and throws away what comes. */
export const raw = async ({ port, from = "127.0.0.1" }: Target, bytes: string | Buffer): Promise<Socket> => {
  const socket = dial({ port, host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
};

/**
 * Resolves when the connection ends, also when the other side resets it during a write.
 */
export const over = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });

/** The head of a WebSocket. `headers` are those that may be wrong. */
export const upgrade = (
  headers: readonly string[] = [`Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`],
): string =>
  [
    `GET ${WIRE_PATH} HTTP/1.1`,
    "Host: store",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Protocol: ${WIRE_SUBPROTOCOL}`,
    ...headers,
    "\r\n",
  ].join("\r\n");

/** Heads, three of four of them broken, each in another way. */
export const brokenUpgrades = (): string[] => [
  upgrade([]),
  upgrade(["Sec-WebSocket-Key: short"]),
  upgrade().replace("13", "7"),
  upgrade(),
];

export const upgraded = async (target: Target): Promise<Socket> => {
  const socket = await raw(target, upgrade());
  await once(socket, "data");
  return socket;
};

/** The beginning of a frame of a put, with a tenth of its payload. */
export const halfFrame = (): Buffer =>
  Buffer.concat([Buffer.from([0x82, 0xfe, 0x10, 0x25, 0, 0, 0, 0]), randomBytes(500)]);

/** The head of a frame of 4 GiB. */
export const GIANT_FRAME = Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]);
