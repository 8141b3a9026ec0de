import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_REQUEST_BYTES, WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Admitted } from "../admission/addresses.ts";
import type { Admission } from "../admission/admission.ts";
import { Connection, type Services } from "./connection.ts";
import { createOutbox, SocketLine } from "./line.ts";
import { lastAnswer } from "../http/headers.ts";
import { pingWith } from "../../core/message.ts";
import type { Names, Refusal } from "../admission/names.ts";
import { Reassembly, type ReassemblyEnds } from "./reassembly.ts";

/**
 * The WebSocket face: `/v1`, subprotocol `pli.v1`, binary frames, no compression. There is no
 * cookie or session to borrow, so a page of another host has as much right to a store that is there
 * for everybody as anybody; `names` says who has to one that is not.
 */
export interface WebSocketFace {
  connections(): number;
  shutdown(): Promise<void>;
}

interface Client {
  readonly line: SocketLine;
  readonly connection: Connection;
  readonly reassembly: Reassembly;
  /** In which of the turns it is pinged. */
  readonly turn: number;
  pinged: boolean;
  answered: boolean;
  /** The message that was under way at the last ping. */
  unfinished: number | undefined;
}

export interface WebSocketOptions {
  readonly admission: Admission;
  readonly names: Names;
  readonly pingMs: number;
}

const NOT_BINARY = 1003;
const GOODBYE_MS = 1000;
/** How long the other side may take to answer a close, or to take a refusal. */
const CLOSE_MS = 2000;
/** An option of `ws` that its types do not know. */
const CLOSING = { closeTimeout: CLOSE_MS };
/** Clients are pinged in so many turns, not all at once. */
const PING_TURNS = 16;
const PING_BYTES = 8;
/** Who asks for another version is to be told ours. */
const VERSION = { "Sec-WebSocket-Version": "13" };
const STATUS: Readonly<Record<Refusal["status"], string>> = {
  400: "400 Bad Request",
  403: "403 Forbidden",
  421: "421 Misdirected Request",
};

export const createWebSocketFace = (server: Server, services: Services, options: WebSocketOptions): WebSocketFace => {
  const clients = new Map<WebSocket, Client>();
  const outbox = createOutbox();
  let stopping = false;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
    // It is given what is whole: one piece, and one frame a message.
    maxBufferedChunks: 1,
    maxFragments: 1,
    handleProtocols: () => WIRE_SUBPROTOCOL,
    ...CLOSING,
  });

  sockets.on("wsClientError", (_, stream) => turnAway(stream, "400 Bad Request"));
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", destroy);
    const refusal = upgradeRefusal(request) ?? crowded();
    if (refusal !== undefined) return turnAway(stream, refusal);
    const stranger = options.names.webSocketRefusal(request);
    if (stranger !== undefined) return turnAway(stream, STATUS[stranger.status], stranger.text);
    const admitted = options.admission.admit(request, stream);
    if (admitted === undefined) return turnAway(stream, "429 Too Many Requests");
    let joined = false;
    // It calls back before it returns, or not at all.
    sockets.handleUpgrade(request, stream, head, (socket) => {
      joined = true;
      join(socket, stream, admitted);
    });
    if (!joined) destroyIn(stream, CLOSE_MS);
  });
  const crowded = (): string | undefined => {
    if (stopping) return "503 Service Unavailable";
    return clients.size >= services.limits.connections ? "503 Service Unavailable" : undefined;
  };
  /** Node has forgotten the connection by now: nobody else would close it. */
  const turnAway = (stream: Duplex, status: string, text = ""): void => {
    services.metrics.count("pli_connections_refused_total", status.slice(0, 3));
    stream.once("finish", destroy);
    stream.end(lastAnswer(status, text, VERSION));
    destroyIn(stream, CLOSE_MS);
  };

  const join = (socket: WebSocket, stream: Duplex, admitted: Admitted): void => {
    const line = new SocketLine(socket, stream, outbox, admitted.backlog);
    const connection = new Connection(line, services, admitted);
    const reassembly = reassemble(socket, stream, admitted);
    line.onDrained(connection);
    const turn = clients.size % PING_TURNS;
    const unpinged = { pinged: false, answered: false, unfinished: undefined };
    clients.set(socket, { line, connection, reassembly, turn, ...unpinged });
    socket.on("message", onMessage).on("pong", onPong).on("error", onError).on("close", onClose);
  };
  /** Puts a Reassembly between the stream and `ws`. */
  const reassemble = (socket: WebSocket, stream: Duplex, admitted: Admitted): Reassembly => {
    const [read, ...others] = stream.listeners("data") as ((bytes: Buffer) => void)[];
    if (read === undefined || others.length > 0) throw new Error("ws does not read its stream as it used to");
    const ends = new WebSocketEnds(socket, stream, read);
    const reassembly = new Reassembly(ends, admitted.unfinished, services.limits.controlFrames);
    stream.on("data", (chunk: Buffer) => reassembly.received(chunk)).off("data", read);
    return reassembly;
  };
  // One function for all sockets, each of which is `this`: with tens of thousands, functions of
  // their own would weigh.
  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    if (binary) clients.get(this)?.connection.received(data as Buffer);
    else this.close(NOT_BINARY, "bad_frame");
  }
  function onPong(this: WebSocket, data: Buffer): void {
    const client = clients.get(this);
    if (client !== undefined && pingBytes[client.turn]?.equals(data) === true) client.answered = true;
  }
  function onError(this: WebSocket): void {
    this.terminate();
  }
  function onClose(this: WebSocket): void {
    const client = clients.get(this);
    clients.delete(this);
    client?.connection.closed();
    client?.reassembly.closed();
    client?.line.ended();
  }
  /** What each turn was pinged with last. Only who reads their line can answer with it. */
  const pingBytes: Buffer[] = [];
  let turn = 0;
  const pings = setInterval(() => {
    turn = (turn + 1) % PING_TURNS;
    const bytes = randomBytes(PING_BYTES);
    const message = pingWith(bytes);
    pingBytes[turn] = bytes;
    for (const [socket, client] of clients) {
      if (client.turn !== turn) continue;
      if (client.pinged && !isAlive(client)) socket.terminate();
      else ping(client, message);
    }
  }, options.pingMs / PING_TURNS);
  const ping = (client: Client, message: Uint8Array): void => {
    client.pinged = true;
    client.answered = false;
    client.unfinished = client.reassembly.unfinished();
    client.reassembly.forgetControlFrames();
    client.line.send(message);
  };

  return {
    connections: () => clients.size,
    shutdown: async () => {
      stopping = true;
      clearInterval(pings);
      const all = [...clients.keys()];
      const gone = all.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      const late = setTimeout(() => all.forEach((socket) => socket.terminate()), GOODBYE_MS);
      await Promise.all([...clients.values()].map(({ connection }) => connection.shutdown()));
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
};

/** The stream, and `ws` that used to read it. */
class WebSocketEnds implements ReassemblyEnds {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #read: (bytes: Buffer) => void;

  constructor(socket: WebSocket, stream: Duplex, read: (bytes: Buffer) => void) {
    this.#socket = socket;
    this.#stream = stream;
    this.#read = read;
  }

  deliver(bytes: Buffer): void {
    this.#read.call(this.#stream, bytes);
  }

  paused(): boolean {
    return this.#stream.isPaused();
  }

  unread(bytes: Buffer): void {
    this.#stream.unshift(bytes);
  }

  refuse(code: number): void {
    this.#socket.close(code);
    this.#stream.end();
  }
}

/**
 * It has said hello, has read the last ping, and is not in the middle of the same message as then.
 */
const isAlive = ({ answered, connection, reassembly, unfinished }: Client): boolean => {
  const stands = unfinished !== undefined && reassembly.unfinished() === unfinished;
  return answered && connection.greeted() && !stands;
};

function destroy(this: Duplex): void {
  this.destroy();
}

const destroyIn = (stream: Duplex, ms: number): void => {
  const late = setTimeout(() => stream.destroy(), ms);
  stream.once("close", () => clearTimeout(late));
};

const upgradeRefusal = (request: IncomingMessage): string | undefined => {
  if ((request.url ?? "").split("?")[0] !== WIRE_PATH) return "404 Not Found";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.includes(WIRE_SUBPROTOCOL) ? undefined : "400 Bad Request";
};
