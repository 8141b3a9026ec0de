import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_REQUEST_BYTES, WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Addresses, Admitted } from "./addresses.ts";
import { Connection, type Services } from "./connection.ts";
import { createOutbox, SocketLine } from "./line.ts";
import { PING } from "./message.ts";

/** The WebSocket face: `/v1`, subprotocol `pli.v1`, binary frames, no compression. Any origin may connect: a page of another host has
 * as much right to the store as anybody, and there is no cookie or session to borrow. */
export interface WebSocketFace {
  connections(): number;
  shutdown(): Promise<void>;
}

interface Client {
  readonly line: SocketLine;
  readonly connection: Connection;
  /** In which of the turns it is pinged. */
  readonly turn: number;
  pinged: boolean;
  answered: boolean;
}

export interface WebSocketOptions {
  readonly addresses: Addresses;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly pingMs: number;
}

const NOT_BINARY = 1003;
const GOODBYE_MS = 1000;
/** Clients are pinged in so many turns, not all at once. */
const PING_TURNS = 16;

export const createWebSocketFace = (server: Server, services: Services, options: WebSocketOptions): WebSocketFace => {
  const clients = new Map<WebSocket, Client>();
  const outbox = createOutbox();
  let stopping = false;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
    handleProtocols: () => WIRE_SUBPROTOCOL,
  });

  server.on("upgrade", (request, stream, head) => {
    stream.on("error", destroy);
    const refusal = upgradeRefusal(request) ?? crowded();
    if (refusal !== undefined) return turnAway(stream, refusal);
    const admitted = options.addresses.admit(options.addressOf(request));
    if (admitted === undefined) return turnAway(stream, "429 Too Many Requests");
    let joined = false;
    // It calls back before it returns, or not at all.
    sockets.handleUpgrade(request, stream, head, (socket) => {
      joined = true;
      join(socket, stream, admitted);
    });
    if (!joined) admitted.leave();
  });
  const crowded = (): string | undefined => {
    if (stopping) return "503 Service Unavailable";
    return clients.size >= services.limits.connections ? "503 Service Unavailable" : undefined;
  };
  const turnAway = (stream: Duplex, status: string): void => {
    services.metrics.count("pli_connections_refused_total", status.slice(0, 3));
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  const join = (socket: WebSocket, stream: Duplex, admitted: Admitted): void => {
    const line = new SocketLine(socket, stream, outbox);
    const connection = new Connection(line, services, admitted);
    line.onDrained(connection);
    clients.set(socket, { line, connection, turn: clients.size % PING_TURNS, pinged: false, answered: false });
    socket.on("message", onMessage).on("pong", onPong).on("error", onError).on("close", onClose);
  };
  // One function for all sockets, each of which is `this`: with tens of thousands, functions of their own would weigh.
  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    if (binary) clients.get(this)?.connection.received(data as Buffer);
    else this.close(NOT_BINARY, "bad_frame");
  }
  function onPong(this: WebSocket): void {
    const client = clients.get(this);
    if (client !== undefined) client.answered = true;
  }
  function onError(this: WebSocket): void {
    this.terminate();
  }
  function onClose(this: WebSocket): void {
    const client = clients.get(this);
    clients.delete(this);
    client?.connection.closed();
  }
  let turn = 0;
  const pings = setInterval(() => {
    turn = (turn + 1) % PING_TURNS;
    for (const [socket, client] of clients) if (client.turn === turn) ping(socket, client);
  }, options.pingMs / PING_TURNS);
  const ping = (socket: WebSocket, client: Client): void => {
    if (client.pinged && !(client.answered && client.connection.greeted())) return socket.terminate();
    client.pinged = true;
    client.answered = false;
    client.line.send(PING);
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

function destroy(this: Duplex): void {
  this.destroy();
}

const upgradeRefusal = (request: IncomingMessage): string | undefined => {
  if ((request.url ?? "").split("?")[0] !== WIRE_PATH) return "404 Not Found";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.includes(WIRE_SUBPROTOCOL) ? undefined : "400 Bad Request";
};
