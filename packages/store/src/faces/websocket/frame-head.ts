import { MAX_REQUEST_BYTES } from "@pli/protocol/wire";

/** The head of one WebSocket frame of a client (RFC 6455, section 5.2). */
export interface FrameHead {
  readonly opcode: number;
  readonly final: boolean;
  /** Bytes of the head. Its last four are the mask. */
  readonly bytes: number;
  readonly payload: number;
}

export const CONTINUATION = 0;
export const CLOSE = 8;
export const MASK_BYTES = 4;
/** The longest head of a client's frame. */
export const LONGEST_HEAD = 14;

/** Reasons to close a connection (RFC 6455, section 7.4.1, and the register of IANA). */
export const PROTOCOL_ERROR = 1002;
export const POLICY_VIOLATION = 1008;
export const TOO_LARGE = 1009;
export const TRY_LATER = 1013;

const LONGEST_CONTROL = 125;

export const isControl = ({ opcode }: FrameHead): boolean => opcode >= CLOSE;

/**
 * The head at `at`. Undefined while it is not whole. A number, the reason to close the connection,
 * as soon as it can only be wrong.
 */
export const frameHeadAt = (bytes: Buffer, at: number): FrameHead | number | undefined => {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return undefined;
  const opcode = first & 0x0f;
  const final = first >= 0x80;
  const control = opcode >= CLOSE;
  const length = second & 0x7f;
  if ((first & 0x70) !== 0 || second < 0x80 || !OPCODES.has(opcode)) return PROTOCOL_ERROR;
  if (control && (!final || length > LONGEST_CONTROL)) return PROTOCOL_ERROR;
  const masked = at + 2 + lengthBytes(length);
  if (masked > bytes.length) return undefined;
  const payload = payloadLength(bytes, at + 2, length);
  if (payload > MAX_REQUEST_BYTES) return TOO_LARGE;
  return masked + MASK_BYTES > bytes.length ? undefined : { opcode, final, bytes: masked + MASK_BYTES - at, payload };
};

/** Continuation, text, binary; close, ping, pong. */
const OPCODES = new Set([CONTINUATION, 1, 2, CLOSE, 9, 10]);

const lengthBytes = (length: number): number => {
  if (length < 126) return 0;
  return length === 126 ? 2 : 8;
};

const payloadLength = (bytes: Buffer, at: number, length: number): number => {
  if (length < 126) return length;
  return length === 126 ? bytes.readUInt16BE(at) : Number(bytes.readBigUInt64BE(at));
};
