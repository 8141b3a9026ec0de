import { encodeAnswer, type Answer } from "@pli/protocol/wire";

/**
 * One WebSocket message of the store as it goes on the line (RFC 6455, section 5.2: final, binary,
 * not masked): made once, and sent as it is to however many clients.
 */
export type Message = Uint8Array;

/** The longest head of a message. */
export const HEAD_ROOM = 10;

/** The message whose payload begins behind `HEAD_ROOM` free bytes. */
export const messageBehindRoom = (bytes: Uint8Array): Message => {
  const size = bytes.length - HEAD_ROOM;
  const start = HEAD_ROOM - headBytes(size);
  bytes[start] = BINARY;
  if (size < 126) bytes[start + 1] = size;
  else writeLength(bytes, start + 1, size);
  return bytes.subarray(start);
};

export const messageFromAnswer = (answer: Answer): Message => messageBehindRoom(encodeAnswer(answer, HEAD_ROOM));

/** A ping that is answered by whoever has read it: the answer carries the same few bytes. */
export const pingWith = (bytes: Uint8Array): Message => Uint8Array.of(PING, bytes.length, ...bytes);

const BINARY = 0x82;
const PING = 0x89;

const headBytes = (size: number): number => {
  if (size < 126) return 2;
  return size < 65_536 ? 4 : HEAD_ROOM;
};

const writeLength = (bytes: Uint8Array, at: number, size: number): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  view.setUint8(0, size < 65_536 ? 126 : 127);
  if (size < 65_536) view.setUint16(1, size);
  else view.setBigUint64(1, BigInt(size));
};
