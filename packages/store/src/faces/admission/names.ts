import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Log } from "../../base/event-log.ts";
import { forwardedAddress, parseProxies, plainAddress, type Proxies } from "./proxies.ts";

/**
 * The names a store answers to, and the sites whose pages it serves (docs/operations.md, "Names").
 * A web page can point its own name at one of our addresses (DNS rebinding), or simply connect, and
 * so use a store that only this machine or this network should reach. Therefore a request that
 * comes in directly at such an address must carry a name that nobody outside can give out.
 */
export interface Names {
  /** Undefined when the request may be answered. */
  refusal(request: IncomingMessage): Refusal | undefined;
  /** The same for a WebSocket. Any page may open one; programs send no origin. */
  webSocketRefusal(request: IncomingMessage): Refusal | undefined;
}

export interface Refusal {
  readonly status: 400 | 403 | 421;
  readonly text: string;
}

const NO_HOST: Refusal = { status: 400, text: "host_malformed: the request has no Host, or not a valid one.\n" };
const HOST_UNKNOWN: Refusal = {
  status: 421,
  text: "host_unknown: this store does not answer to that name. Use its address, or start it with --hosts NAME (PLI_HOSTS).\n",
};
const ORIGIN_REFUSED: Refusal = {
  status: 403,
  text: "origin_refused: this store is not for web pages of that site. To let them in start it with --hosts NAME (PLI_HOSTS).\n",
};

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** Loopback, private networks, and networks of providers and tunnels (RFC 6598). */
const NEAR = parseProxies("loopback,private,100.64.0.0/10");
/**
 * Reserved names, which no public name server gives out (RFC 6761, 6762, 8375; .internal by ICANN).
 */
const NEAR_SUFFIXES = [".localhost", ".local", ".home.arpa", ".internal"];

/** Names separated by commas; none for an empty text; undefined when the text is anything else. */
export const parseHosts = (text: string): ReadonlySet<string> | undefined => {
  const names = text === "" ? [] : text.split(",").map((name) => name.trim().toLowerCase());
  return names.every((name) => NAME.test(name)) ? new Set(names) : undefined;
};

export const createNames = (options: {
  readonly hosts: ReadonlySet<string>;
  readonly proxies: Proxies;
  readonly log: Log;
}): Names => {
  const { hosts, proxies, log } = options;
  const logged = new Set<Refusal>();
  /** Logs each refusal once: the settings may lack a name. */
  const refused = (refusal: Refusal): Refusal => {
    if (!logged.has(refusal)) log("warn", refusal.text.slice(0, refusal.text.indexOf(":")));
    logged.add(refusal);
    return refusal;
  };
  /** Our proxy answers to its own names only, and is public. */
  const isForwarded = (request: IncomingMessage): boolean =>
    proxies.trusts(request.socket.remoteAddress) && forwardedAddress(request) !== undefined;
  const isFar = ({ socket }: IncomingMessage): boolean => NEAR?.trusts(socket.localAddress) !== true;
  const refusal = (request: IncomingMessage): Refusal | undefined => {
    const { host } = request.headers;
    if (host === undefined) return request.httpVersion === "1.0" ? undefined : NO_HOST;
    const name = nameIn(host);
    if (name === undefined) return NO_HOST;
    if (isForwarded(request) || isFar(request)) return undefined;
    return isIP(name) > 0 || isNearName(name) || hosts.has(name) ? undefined : refused(HOST_UNKNOWN);
  };
  const originRefusal = (request: IncomingMessage): Refusal | undefined => {
    const { origin, host = "" } = request.headers;
    if (origin === undefined || isForwarded(request) || isFar(request)) return undefined;
    const name = nameOfOrigin(origin);
    if (name === undefined) return refused(ORIGIN_REFUSED);
    const isNear = isIP(name) > 0 ? NEAR?.trusts(name) === true : isNearName(name);
    return isNear || hosts.has(name) || name === nameIn(host) ? undefined : refused(ORIGIN_REFUSED);
  };
  return { refusal, webSocketRefusal: (request) => refusal(request) ?? originRefusal(request) };
};

const isNearName = (name: string): boolean =>
  !name.includes(".") || NEAR_SUFFIXES.some((suffix) => name.endsWith(suffix));

/** The name or address in a Host header, in lower case, without port, brackets and final dot. */
const nameIn = (host: string): string | undefined => {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]{2,45})\]|([^\s:/?#@[\]\\]{1,254}))(?::\d{0,5})?$/i.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? plainAddress(bracketed.toLowerCase()) : undefined;
  const name = plain?.toLowerCase().replace(/\.$/, "");
  return name !== undefined && (isIP(name) > 0 || NAME.test(name)) ? name : undefined;
};

const nameOfOrigin = (origin: string): string | undefined => {
  const [, host] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? [];
  return host === undefined ? undefined : nameIn(host);
};
