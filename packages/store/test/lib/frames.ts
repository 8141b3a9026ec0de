import { encodeRequest, type Request } from "@pli/protocol/wire";
import type { Socket } from "node:net";
import { upgraded, type Target } from "./raw.ts";

export const [CONTINUATION, BINARY, PING, PONG] = [0, 2, 9, 10];

/** One frame of a client as it is on the line, masked with zeros unless given. */
export const frame = (
  opcode: number,
  payload: Uint8Array,
  { final = true, mask = Buffer.alloc(4) }: { final?: boolean; mask?: Buffer } = {},
): Buffer => {
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([frameHead(opcode, payload.length, final), mask, masked]);
};

/** The head of a frame with this payload, without the mask. */
const frameHead = (opcode: number, length: number, final: boolean): Buffer => {
  const first = (final ? 0x80 : 0) | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeUInt32BE(length, 6);
  return head;
};

export const asked = (request: Request): Buffer => frame(BINARY, encodeRequest(request));

/** A bare connection that has said hello. */
export const greeted = async (target: Target): Promise<Socket> => {
  const socket = await upgraded(target);
  socket.write(asked({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
  return socket;
};
