import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Addresses, Admitted } from "./addresses.ts";
import type { Log } from "../../base/event-log.ts";
import type { Metrics } from "../../base/metrics.ts";
import { forwardedAddress, type Proxies } from "./proxies.ts";

/**
 * Who may come in: each connection counts for its address from the moment it is taken, whatever it
 * sends or does not send. What comes from a proxy of ours counts for the address it names, request
 * by request, as long as `use` is open.
 */
export interface Admission {
  /** Counts every connection of `server` from now on. */
  watch(server: Server): void;
  /**
   * Undefined: the address has too many. `use` is the response, or the connection of a WebSocket.
   */
  admit(request: IncomingMessage, use: Duplex | NodeJS.EventEmitter): Admitted | undefined;
}

/**
 * Connections beyond the limit of their address wait so long for a request, to be told so; and so
 * many at once, the rest is cut.
 */
const REFUSED_MS = 2000;
const MOST_REFUSED = 64;

export const createAdmission = (options: {
  readonly addresses: Addresses;
  readonly proxies: Proxies;
  readonly metrics: Metrics;
  readonly log: Log;
}): Admission => {
  const { addresses, proxies, metrics, log } = options;
  const places = new Map<unknown, Admitted>();
  const refused = new Set<Socket>();
  let warned = false;

  // One function for all, each of which is `this`.
  function leave(this: unknown): void {
    places.get(this)?.leave();
    places.delete(this);
  }
  const keep = (use: NodeJS.EventEmitter, place: Admitted): void => {
    places.set(use, place);
    // Not `once`, which would make a function for each: a place is left only once.
    use.on("close", leave);
  };
  const count = (socket: Socket): void => {
    if (proxies.trusts(socket.remoteAddress)) return;
    const admitted = addresses.admit(socket.remoteAddress ?? "");
    if (admitted === undefined) refuse(socket);
    else keep(socket, admitted);
  };
  const refuse = (socket: Socket): void => {
    if (refused.size >= MOST_REFUSED) {
      metrics.count("pli_connections_refused_total", "429");
      return void socket.destroy();
    }
    refused.add(socket);
    const late = setTimeout(() => socket.destroy(), REFUSED_MS);
    socket.once("close", () => {
      clearTimeout(late);
      refused.delete(socket);
    });
  };
  const admitForwarded = (request: IncomingMessage, use: NodeJS.EventEmitter): Admitted | undefined => {
    const place = addresses.admit(forwardedAddress(request) ?? request.socket.remoteAddress ?? "");
    if (place !== undefined) keep(use, place);
    return place;
  };
  /** It may be a proxy that the settings do not name: then all its clients count as one address. */
  const warnOfStranger = (request: IncomingMessage): void => {
    if (warned || request.headers["x-forwarded-for"] === undefined) return;
    warned = true;
    log("warn", "proxy_not_trusted");
  };
  return {
    watch: (server) => {
      server.on("connection", count);
    },
    admit: (request, use) => {
      const { socket } = request;
      if (refused.has(socket)) return undefined;
      if (proxies.trusts(socket.remoteAddress)) return admitForwarded(request, use);
      warnOfStranger(request);
      return places.get(socket);
    },
  };
};
