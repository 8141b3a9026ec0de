import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_REQUEST_BYTES, WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import { WebSocketServer, type WebSocket } from "ws";
import type { Addresses } from "./addresses.ts";
import { createConnection, type Connection, type Line, type Services } from "./connection.ts";

/** The WebSocket face: `/v1`, subprotocol `pli.v1`, binary frames, no compression. Any origin may connect: a page of another host has
 * as much right to the store as anybody, and there is no cookie or session to borrow. */
export interface WebSocketFace {
  connections(): number;
  shutdown(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  readonly connection: Connection;
  answered: boolean;
}

export interface WebSocketOptions {
  readonly addresses: Addresses;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly pingMs: number;
}

const CLOSE_CODES = { bad_frame: 1008, hello_expected: 1008, unsupported_version: 1008, shutting_down: 1001 } as const;
const NOT_BINARY = 1003;
const GOODBYE_MS = 1000;

export const createWebSocketFace = (server: Server, services: Services, options: WebSocketOptions): WebSocketFace => {
  const clients = new Set<Client>();
  let stopping = false;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
    handleProtocols: () => WIRE_SUBPROTOCOL,
  });

  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy());
    const refusal = upgradeRefusal(request) ?? crowded();
    if (refusal !== undefined) return turnAway(stream, refusal);
    const admitted = options.addresses.admit(options.addressOf(request));
    if (admitted === undefined) return turnAway(stream, "429 Too Many Requests");
    let joined = false;
    stream.once("close", () => {
      if (!joined) admitted.leave();
    });
    sockets.handleUpgrade(request, stream, head, (socket) => {
      joined = true;
      join(socket, createConnection(lineOf(socket), services, admitted));
    });
  });
  const crowded = (): string | undefined => {
    if (stopping) return "503 Service Unavailable";
    return clients.size >= services.limits.connections ? "503 Service Unavailable" : undefined;
  };
  const turnAway = (stream: Duplex, status: string): void => {
    services.metrics.count("pli_connections_refused_total", status.slice(0, 3));
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  const join = (socket: WebSocket, connection: Connection): void => {
    const client: Client = { socket, connection, answered: true };
    clients.add(client);
    socket.on("message", (data, binary) => {
      if (binary) connection.received(data as Buffer);
      else socket.close(NOT_BINARY, "bad_frame");
    });
    socket.on("pong", () => {
      client.answered = true;
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      clients.delete(client);
      connection.closed();
    });
  };
  const pings = setInterval(() => {
    for (const client of clients) {
      if (!client.answered || !client.connection.greeted()) client.socket.terminate();
      client.answered = false;
      client.socket.ping();
    }
  }, options.pingMs);

  return {
    connections: () => clients.size,
    shutdown: async () => {
      stopping = true;
      clearInterval(pings);
      const all = [...clients];
      const gone = all.map(({ socket }) => new Promise((resolve) => socket.once("close", resolve)));
      const late = setTimeout(() => all.forEach(({ socket }) => socket.terminate()), GOODBYE_MS);
      await Promise.all(all.map(({ connection }) => connection.shutdown()));
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
};

const upgradeRefusal = (request: IncomingMessage): string | undefined => {
  if ((request.url ?? "").split("?")[0] !== WIRE_PATH) return "404 Not Found";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.includes(WIRE_SUBPROTOCOL) ? undefined : "400 Bad Request";
};

const lineOf = (socket: WebSocket): Line => ({
  send: (frame, sent) => socket.send(frame, { binary: true }, sent),
  buffered: () => socket.bufferedAmount,
  pause: () => socket.pause(),
  resume: () => socket.resume(),
  close: (reason) => socket.close(CLOSE_CODES[reason], reason),
});
