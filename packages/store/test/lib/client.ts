import {
  encodeRequest,
  parseAnswer,
  WIRE_PATH,
  WIRE_SUBPROTOCOL,
  type Answer,
  type Block,
  type Cell,
  type Entries,
  type Label,
  type Request,
} from "@pli/protocol/wire";
import { randomBytes } from "node:crypto";
import { WebSocket } from "ws";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
export type Ask = WithoutId<Request>;

/** A bare client for tests and benches: frames out, frames in. */
export interface Client {
  readonly socket: WebSocket;
  readonly entries: Entries[];
  /** Errors with id 0. */
  readonly notices: Answer[];
  readonly closed: Promise<{ code: number; reason: string }>;
  ask(request: Ask): Promise<Answer>;
  /** Resolves with the answer to the request with this id. */
  answerTo(id: number): Promise<Answer>;
  send(frame: Uint8Array | string): void;
  /** Waits until this many entries arrived. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

interface ConnectOptions {
  readonly autoPong?: boolean;
  /** The address of this machine to call from. */
  readonly localAddress?: string;
}

export const connect = async (origin: string, options: ConnectOptions = {}): Promise<Client> => {
  const socket = new WebSocket(origin.replace(/^http/, "ws") + WIRE_PATH, WIRE_SUBPROTOCOL, {
    perMessageDeflate: false,
    ...options,
  });
  const client = clientOn(socket);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return client;
};

/** A client that is connected and has said hello. */
export const greet = async (origin: string, options: ConnectOptions = {}): Promise<Client> => {
  const client = await connect(origin, options);
  const welcome = await client.ask({ type: "hello", minVersion: 1, maxVersion: 1 });
  if (welcome.type !== "welcome") throw new Error(`no welcome but ${welcome.type}`);
  return client;
};

const clientOn = (socket: WebSocket): Client => {
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  const entries: Entries[] = [];
  const notices: Answer[] = [];
  let total = 0;
  let wanted: { count: number; resolve: () => void } | undefined;
  let id = 0;
  socket.on("message", (data) => {
    const parsed = parseAnswer(data as Buffer);
    if (!parsed.ok) throw new Error("the store sent a bad frame");
    const answer = parsed.value;
    if (answer.type === "entries") {
      entries.push(answer);
      total += answer.entries.length;
      if (wanted !== undefined && total >= wanted.count) wanted.resolve();
    } else if (answer.id === 0) notices.push(answer);
    else waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => {
      for (const { reject } of waiting.values()) reject(new Error("closed"));
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on("error", () => {});
  const answerTo = (wantedId: number): Promise<Answer> => {
    const answer = new Promise<Answer>((resolve, reject) => {
      waiting.set(wantedId, { resolve, reject });
    });
    answer.catch(() => {});
    return answer;
  };
  return {
    socket,
    entries,
    notices,
    closed,
    answerTo,
    ask: (request) => {
      id += 1;
      const answer = answerTo(id);
      socket.send(encodeRequest({ ...request, id }));
      return answer;
    },
    send: (frame) => socket.send(frame),
    received: async (count) => {
      if (total >= count) return;
      await new Promise<void>((resolve) => {
        wanted = { count, resolve };
      });
    },
    close: async () => {
      socket.close();
      await closed;
    },
  };
};

export const randomLabel = (feed = 0): Label => {
  const label = randomBytes(32);
  label.writeUInt16BE(feed);
  return new Uint8Array(label) as Label;
};

export const randomCell = (): Cell => new Uint8Array(randomBytes(4096)) as Cell;

export const randomBlock = (): Block => new Uint8Array(randomBytes(262_144)) as Block;

/** The answer in one message of the store, as it was on the line. */
export const answerIn = (message: Uint8Array): Answer => {
  const length = message[1] ?? 0;
  const parsed = parseAnswer(message.subarray(length < 126 ? 2 : length === 126 ? 4 : 10));
  if (!parsed.ok) throw new Error("the store made a bad frame");
  return parsed.value;
};
