import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Addresses, Admitted } from "./addresses.ts";
import type { Log } from "../../base/event-log.ts";
import type { Metrics } from "../../base/metrics.ts";
import { forwardedAddress, type Proxies } from "./proxies.ts";

/**
 * Decides which connections may come in. A connection counts for its address from the moment it is
 * accepted, whatever it sends. A connection of one of our proxies counts for the addresses it
 * names, request by request, while `use` is open.
 */
export interface Admission {
  /** Counts every connection of `server` from now on. */
  watch(server: Server): void;
  /**
   * Undefined when the address has too many. `use` is the response, or the connection of a
   * WebSocket.
   */
  admit(request: IncomingMessage, use: Duplex | NodeJS.EventEmitter): Admitted | undefined;
}

/**
 * A connection beyond the limit of its address may wait this long for its request, which is then
 * refused in words. Beyond this many at once, connections are cut.
 */
const REFUSED_MS = 2000;
const MAX_REFUSED = 64;

export const createAdmission = (options: {
  readonly addresses: Addresses;
  readonly proxies: Proxies;
  readonly metrics: Metrics;
  readonly log: Log;
}): Admission => {
  const { addresses, proxies, metrics, log } = options;
  const admitted = new Map<unknown, Admitted>();
  const refused = new Set<Socket>();
  let warned = false;

  // One function for all uses, each of which is `this`.
  function leave(this: unknown): void {
    admitted.get(this)?.leave();
    admitted.delete(this);
  }
  const keep = (use: NodeJS.EventEmitter, address: Admitted): void => {
    admitted.set(use, address);
    // Not `once`, which would make a function for each. A use closes only once.
    use.on("close", leave);
  };
  const count = (socket: Socket): void => {
    if (proxies.trusts(socket.remoteAddress)) return;
    const address = addresses.admit(socket.remoteAddress ?? "");
    if (address === undefined) refuse(socket);
    else keep(socket, address);
  };
  const refuse = (socket: Socket): void => {
    if (refused.size >= MAX_REFUSED) {
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
    const address = addresses.admit(forwardedAddress(request) ?? request.socket.remoteAddress ?? "");
    if (address !== undefined) keep(use, address);
    return address;
  };
  /**
   * This may be a proxy that the settings do not name. All its clients count as one address then.
   */
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
      return admitted.get(socket);
    },
  };
};
