import { connect } from "node:net";

/** A message as it arrived; `status` is that of its headers, if it has one. */
export interface NatsMessage {
  readonly payload: Buffer;
  readonly reply: string;
  readonly status: string;
}

/** One connection of the NATS protocol, with requests and subscriptions. */
export interface NatsClient {
  request(subject: string, payload: Uint8Array | string, headers?: string): Promise<NatsMessage>;
  subscribe(subject: string, each: (message: NatsMessage) => void): void;
  publish(subject: string, payload: Uint8Array | string): void;
  close(): void;
}

const INBOX = "_INBOX.bench";
let clients = 0;

export const connectNats = async (port: number): Promise<NatsClient> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  clients += 1;
  const inbox = `${INBOX}${clients}`;
  const waiting = new Map<string, (message: NatsMessage) => void>();
  const subscriptions = new Map<string, (message: NatsMessage) => void>();
  let lastRequest = 0;
  let rest: Buffer = Buffer.alloc(0);
  subscriptions.set("1", () => {});
  const arrived = ({ subject, id, message }: Arrival): void => {
    const token = subject.slice(inbox.length + 1);
    const resolve = subject.startsWith(inbox) ? waiting.get(token) : undefined;
    waiting.delete(token);
    (resolve ?? subscriptions.get(id))?.(message);
  };
  socket.on("data", (data: Buffer) => {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    for (let frame = parseFrame(bytes, at); frame !== undefined; frame = parseFrame(bytes, at)) {
      at = frame.end;
      if (frame.arrival !== undefined) arrived(frame.arrival);
      else if (frame.line.startsWith("PING")) socket.write("PONG\r\n");
      else if (frame.line.startsWith("-ERR")) throw new Error(`nats said ${frame.line}`);
    }
    rest = bytes.subarray(at);
  });
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // The server is killed at the end, with its connections open.
  socket.on("error", () => {});
  socket.write(`CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB ${inbox}.* 1\r\n`);
  const send = (subject: string, reply: string, payload: Uint8Array | string, headers = ""): void => {
    const body = typeof payload === "string" ? Buffer.from(payload) : payload;
    const sizes = headers === "" ? String(body.length) : `${headers.length} ${headers.length + body.length}`;
    const verb = headers === "" ? "PUB" : "HPUB";
    socket.write(Buffer.concat([Buffer.from(`${verb} ${subject} ${reply} ${sizes}\r\n${headers}`), body, LINE_END]));
  };
  return {
    request: (subject, payload, headers) =>
      new Promise((resolve) => {
        lastRequest += 1;
        waiting.set(String(lastRequest), resolve);
        send(subject, `${inbox}.${lastRequest}`, payload, headers);
      }),
    subscribe: (subject, each) => {
      const id = String(subscriptions.size + 1);
      subscriptions.set(id, each);
      socket.write(`SUB ${subject} ${id}\r\n`);
    },
    publish: (subject, payload) => send(subject, "", payload),
    close: () => socket.destroy(),
  };
};

const LINE_END = Buffer.from("\r\n");
const SPACE = 0x20;

interface Arrival {
  readonly subject: string;
  readonly id: string;
  readonly message: NatsMessage;
}

interface Frame {
  readonly line: string;
  readonly end: number;
  readonly arrival?: Arrival;
}

/**
 * `MSG subject id [reply] size` or `HMSG subject id [reply] header-size size`, then the bytes; any
 * other line stands alone.
 */
const parseFrame = (bytes: Buffer, at: number): Frame | undefined => {
  const lineEnd = bytes.indexOf("\r\n", at, "latin1");
  if (lineEnd === -1) return undefined;
  const line = bytes.toString("latin1", at, lineEnd);
  const start = lineEnd + 2;
  const withHeaders = line.startsWith("HMSG ");
  if (!withHeaders && !line.startsWith("MSG ")) return { line, end: start };
  const [, subject = "", id = "", ...more] = line.split(" ");
  const size = Number(more.at(-1));
  if (start + size + 2 > bytes.length) return undefined;
  const headerSize = withHeaders ? Number(more.at(-2)) : 0;
  const reply = more.length > (withHeaders ? 2 : 1) ? (more[0] ?? "") : "";
  // `NATS/1.0 503` and the like; the headers of a stored message begin with `NATS/1.0` alone.
  const status = withHeaders && bytes[start + 8] === SPACE ? bytes.toString("latin1", start + 9, start + 12) : "";
  const payload = bytes.subarray(start + headerSize, start + size);
  return { line, end: start + size + 2, arrival: { subject, id, message: { payload, reply, status } } };
};
