/**
 * Takes the bytes of one direction of a WebSocket connection as they come, after the HTTP head, and
 * gives each whole binary message. For peers of ours: nothing is refused.
 */
export function createMessageReader(message: (bytes: Uint8Array) => void): (chunk: Buffer) => void {
  let kept = Buffer.alloc(0);
  let parts: Buffer[] = [];

  return (chunk) => {
    kept = Buffer.concat([kept, chunk]);
    for (let frame = frameAt(kept); frame !== undefined; frame = frameAt(kept)) {
      kept = kept.subarray(frame.end);
      if (frame.opcode > BINARY) continue; // a close, a ping, a pong
      parts.push(frame.payload);
      if (!frame.isLast) continue;
      message(Buffer.concat(parts));
      parts = [];
    }
  };
}

const BINARY = 2;

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  readonly end: number;
}

/**
 * The frame at the beginning of these bytes (RFC 6455, section 5.2); undefined while it is not
 * whole.
 */
function frameAt(bytes: Buffer): Frame | undefined {
  const [first, second] = [bytes[0], bytes[1]];
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  const isMasked = (second & 0x80) !== 0;
  const begin = 2 + wide + (isMasked ? 4 : 0);
  if (bytes.length < begin) return undefined;
  const length = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = begin + length;
  if (bytes.length < end) return undefined;
  const payload = Buffer.from(bytes.subarray(begin, end));
  if (isMasked) for (const [i, byte] of payload.entries()) payload[i] = byte ^ (bytes[begin - 4 + (i % 4)] ?? 0);
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload, end };
}
