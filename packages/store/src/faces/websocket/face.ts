import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_REQUEST_BYTES, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Admitted } from "../admission/addresses.ts";
import type { Admission } from "../admission/admission.ts";
import type { Names } from "../admission/names.ts";
import { Connection, type Services } from "./connection.ts";
import { createFlushQueue, SocketLine } from "./line.ts";
import { createPings, type PingedClient } from "./pings.ts";
import { Reassembly, type ReassemblyEnds } from "./reassembly.ts";
import { CLOSE_MS, destroyIn, destroyOnError, refuseUpgrade, STATUS, upgradeRefusal } from "./upgrade.ts";

/**
 * The WebSocket face: `/v1`, subprotocol `pli.v1`, binary frames, no compression. There is no
 * cookie and no session to borrow, so a public store serves pages of every site. `names` says which
 * pages a private store serves.
 */
export interface WebSocketFace {
  connections(): number;
  /** Answers what is committed, says goodbye to every client, and accepts no more. */
  shutdown(): Promise<void>;
}

interface Client extends PingedClient {
  readonly line: SocketLine;
  readonly connection: Connection;
}

export interface WebSocketOptions {
  readonly admission: Admission;
  readonly names: Names;
  readonly pingMs: number;
}

const NOT_BINARY = 1003;
const GOODBYE_MS = 1000;
/** An option of `ws` that its types do not know. */
const CLOSING = { closeTimeout: CLOSE_MS };

export const createWebSocketFace = (server: Server, services: Services, options: WebSocketOptions): WebSocketFace => {
  const clients = new Map<WebSocket, Client>();
  const flushQueue = createFlushQueue();
  const pings = createPings(clients, options.pingMs);
  const sockets = createSockets();
  let stopping = false;

  const turnAway = (stream: Duplex, status: string, text = ""): void => {
    services.metrics.count("pli_connections_refused_total", status.slice(0, 3));
    refuseUpgrade(stream, status, text);
  };
  const isFull = (): boolean => stopping || clients.size >= services.limits.connections;
  sockets.on("wsClientError", (_, stream) => turnAway(stream, "400 Bad Request"));
  server.on("upgrade", (request, stream, head) => {
    destroyOnError(stream);
    const refusal = upgradeRefusal(request);
    if (refusal !== undefined) return turnAway(stream, refusal);
    if (isFull()) return turnAway(stream, "503 Service Unavailable");
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
  const join = (socket: WebSocket, stream: Duplex, admitted: Admitted): void => {
    const line = new SocketLine(socket, stream, flushQueue, admitted.backlog);
    const connection = new Connection(line, services, admitted);
    const reassembly = reassemble(socket, stream, admitted, services.limits.controlFrames);
    line.onDrained(connection);
    clients.set(socket, { line, connection, reassembly, ping: pings.newState() });
    socket.on("message", onMessage).on("pong", onPong).on("error", onError).on("close", onClose);
  };
  // One function for all sockets, each of which is `this`: with tens of thousands of sockets,
  // functions of their own would take much memory.
  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    if (binary) clients.get(this)?.connection.received(data as Buffer);
    else this.close(NOT_BINARY, "bad_frame");
  }
  function onPong(this: WebSocket, data: Buffer): void {
    const client = clients.get(this);
    if (client !== undefined) pings.answered(client, data);
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
  return {
    connections: () => clients.size,
    shutdown: async () => {
      stopping = true;
      pings.stop();
      const all = [...clients.keys()];
      const gone = all.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      const late = setTimeout(() => all.forEach((socket) => socket.terminate()), GOODBYE_MS);
      await Promise.all([...clients.values()].map(({ connection }) => connection.shutdown()));
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
};

const createSockets = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
    // It is given only what is whole: one piece, and one frame a message.
    maxBufferedChunks: 1,
    maxFragments: 1,
    handleProtocols: () => WIRE_SUBPROTOCOL,
    ...CLOSING,
  });

/** Puts a Reassembly between the stream and `ws`. */
const reassemble = (socket: WebSocket, stream: Duplex, admitted: Admitted, controlFrames: number): Reassembly => {
  const [read, ...others] = stream.listeners("data") as ((bytes: Buffer) => void)[];
  if (read === undefined || others.length > 0) throw new Error("ws does not read its stream as it used to");
  const reassembly = new Reassembly(new WebSocketEnds(socket, stream, read), admitted.unfinished, controlFrames);
  stream.on("data", (chunk: Buffer) => reassembly.received(chunk)).off("data", read);
  return reassembly;
};

/** The stream, and `ws`, which reads it no more. */
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
