import { connect } from "node:net";

export type RedisReply = string | number | Uint8Array | Error | null | readonly RedisReply[];

/**
 * One connection of the Redis protocol: commands out, each in one write; replies in order. Messages
 * of a subscription go to `pushed`.
 */
export interface RedisClient {
  send(parts: readonly (string | Uint8Array)[]): Promise<RedisReply>;
  close(): void;
}

export const connectRedis = async (port: number, pushed?: (message: Uint8Array) => void): Promise<RedisClient> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const waiting: ((reply: RedisReply) => void)[] = [];
  let first = 0;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    for (let parsed = parseReply(bytes, at); parsed !== undefined; parsed = parseReply(bytes, at)) {
      at = parsed.end;
      settle(parsed.reply);
    }
    rest = bytes.subarray(at);
  });
  const settle = (reply: RedisReply): void => {
    if (pushed !== undefined && Array.isArray(reply) && reply[2] instanceof Uint8Array) return pushed(reply[2]);
    waiting[first]?.(reply);
    first += 1;
    if (first < 1024) return;
    waiting.splice(0, first);
    first = 0;
  };
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // The server is killed at the end, with its connections open.
  socket.on("error", () => {});
  return {
    send: (parts) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        socket.write(commandFrom(parts));
      }),
    close: () => socket.destroy(),
  };
};

const commandFrom = (parts: readonly (string | Uint8Array)[]): Buffer => {
  const pieces: Uint8Array[] = [];
  let text = `*${parts.length}\r\n`;
  for (const part of parts) {
    text += `$${typeof part === "string" ? Buffer.byteLength(part) : part.length}\r\n`;
    if (typeof part === "string") text += `${part}\r\n`;
    else {
      pieces.push(Buffer.from(text), part);
      text = "\r\n";
    }
  }
  return Buffer.concat([...pieces, Buffer.from(text)]);
};

interface Parsed {
  readonly reply: RedisReply;
  readonly end: number;
}

/** The reply that begins at `at`, unless some of it has not come yet. */
const parseReply = (bytes: Buffer, at: number): Parsed | undefined => {
  const lineEnd = bytes.indexOf("\r\n", at, "latin1");
  if (lineEnd === -1) return undefined;
  const line = bytes.toString("latin1", at + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes.toString("latin1", at, at + 1)) {
    case "$":
      return parseBulk(bytes, next, Number(line));
    case "*":
      return parseArray(bytes, next, Number(line));
    case ":":
      return { reply: Number(line), end: next };
    case "-":
      return { reply: new Error(`redis said ${line}`), end: next };
    default:
      return { reply: line, end: next };
  }
};

const parseBulk = (bytes: Buffer, start: number, length: number): Parsed | undefined => {
  if (length === -1) return { reply: null, end: start };
  const end = start + length;
  return end + 2 > bytes.length ? undefined : { reply: bytes.subarray(start, end), end: end + 2 };
};

const parseArray = (bytes: Buffer, start: number, length: number): Parsed | undefined => {
  const replies: RedisReply[] = [];
  let end = start;
  for (let i = 0; i < length; i += 1) {
    const parsed = parseReply(bytes, end);
    if (parsed === undefined) return undefined;
    replies.push(parsed.reply);
    end = parsed.end;
  }
  return { reply: replies, end };
};
