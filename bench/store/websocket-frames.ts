/**
 * Gives every whole binary message in the bytes of a server, an HTTP answer before them skipped,
 * tells of pings, and returns what is left.
 */
export const messagesIn = (
  bytes: Buffer,
  each: (message: Buffer) => void,
  pinged: (payload: Buffer) => void,
): Buffer => {
  let at = afterUpgrade(bytes);
  if (at === -1) return bytes;
  for (;;) {
    const [start, end] = payloadAt(bytes, at);
    if (end > bytes.length) return bytes.subarray(at);
    if (bytes[at] === BINARY) each(bytes.subarray(start, end));
    if (bytes[at] === PING) pinged(bytes.subarray(start, end));
    at = end;
  }
};

/** A client's answer to a ping, with what it carried: a store hangs up on who gives none. */
export const pongTo = (payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x8a, MASKED | payload.length, 0, 0, 0, 0]), payload]);

/** The payload of the ping that these bytes begin with. */
export const pingedWith = (bytes: Buffer): Buffer | undefined =>
  bytes[0] === PING ? bytes.subarray(2, 2 + (bytes[1] ?? 0)) : undefined;

const PING = 0x89;
const BINARY = 0x82;
const H = 0x48;

const afterUpgrade = (bytes: Buffer): number => {
  if (bytes[0] !== H) return 0;
  const end = bytes.indexOf("\r\n\r\n");
  return end === -1 ? -1 : end + 4;
};

/** Where the payload of the frame begins and ends; beyond all bytes when its head is not whole. */
const payloadAt = (bytes: Buffer, at: number): [number, number] => {
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (at + 10 > bytes.length && at + 2 + (length < 126 ? length : Number.POSITIVE_INFINITY) > bytes.length) {
    return [at, Number.POSITIVE_INFINITY];
  }
  if (length < 126) return [at + 2, at + 2 + length];
  if (length === 126) return [at + 4, at + 4 + bytes.readUInt16BE(at + 2)];
  return [at + 10, at + 10 + Number(bytes.readBigUInt64BE(at + 2))];
};

/** A client's frame, masked with zeros: the store takes the mask off all the same. */
export const maskedFrame = (payload: Uint8Array): Buffer => {
  const head = maskedHead(payload.length);
  const frame = Buffer.allocUnsafe(head + payload.length);
  frame.fill(0, 0, head);
  frame[0] = BINARY;
  frame[1] = MASKED | (payload.length < 126 ? payload.length : head === MEDIUM ? 126 : 127);
  if (head === MEDIUM) frame.writeUInt16BE(payload.length, 2);
  if (head === LARGE) frame.writeUInt32BE(payload.length, 6);
  frame.set(payload, head);
  return frame;
};

const MASKED = 0x80;
const [SMALL, MEDIUM, LARGE] = [6, 8, 14] as const;

const maskedHead = (length: number): number => {
  if (length < 126) return SMALL;
  return length < 65_536 ? MEDIUM : LARGE;
};
