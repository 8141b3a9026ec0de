import { encodeAnswer, type Answer } from "@pli/protocol/wire";

/**
 * One WebSocket message of the store, as it is on the line (RFC 6455, section 5.2: final, binary,
 * not masked). It is made once, and sent unchanged to any number of clients.
 */
export type Message = Uint8Array;

/** The longest head of a message. */
export const MAX_HEAD_BYTES = 10;

/** Writes the head into the `MAX_HEAD_BYTES` free bytes in front of the payload. */
export const messageWithHead = (bytes: Uint8Array): Message => {
  const size = bytes.length - MAX_HEAD_BYTES;
  const start = MAX_HEAD_BYTES - headBytes(size);
  bytes[start] = BINARY;
  if (size < 126) bytes[start + 1] = size;
  else writeLength(bytes, start + 1, size);
  return bytes.subarray(start);
};

export const messageFromAnswer = (answer: Answer): Message => messageWithHead(encodeAnswer(answer, MAX_HEAD_BYTES));

/** A ping. The pong of a client that has read it carries the same bytes. */
export const pingWith = (bytes: Uint8Array): Message => Uint8Array.of(PING, bytes.length, ...bytes);

const BINARY = 0x82;
const PING = 0x89;

const headBytes = (size: number): number => {
  if (size < 126) return 2;
  return size < 65_536 ? 4 : MAX_HEAD_BYTES;
};

const writeLength = (bytes: Uint8Array, at: number, size: number): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  view.setUint8(0, size < 65_536 ? 126 : 127);
  if (size < 65_536) view.setUint16(1, size);
  else view.setBigUint64(1, BigInt(size));
};
