import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** The peers that are our proxies. The store believes the client addresses they state. */
export interface Proxies {
  trusts(address: string | undefined): boolean;
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"],
};

export const NO_PROXIES: Proxies = { trusts: () => false };

/**
 * Parses `loopback`, `private`, addresses and networks such as `192.0.2.0/24`, separated by commas.
 * Undefined when the text is anything else.
 */
export const parseProxies = (text: string): Proxies | undefined => {
  const networks = text.split(",").flatMap((part) => NAMED[part.trim()] ?? [part.trim()]);
  const list = new BlockList();
  if (!networks.every((network) => addNetwork(list, network))) return undefined;
  return { trusts: (address = "") => list.check(plainAddress(address), familyOf(plainAddress(address)) ?? "ipv4") };
};

const addNetwork = (list: BlockList, network: string): boolean => {
  const [address = "", bits, ...more] = network.split("/");
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return false;
  if (bits === undefined) list.addAddress(address, family);
  else if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === "ipv4" ? 32 : 128)) return false;
  else list.addSubnet(address, Number(bits), family);
  return true;
};

const familyOf = (address: string): "ipv4" | "ipv6" | undefined => {
  const family = isIP(address);
  return family === 0 ? undefined : family === 4 ? "ipv4" : "ipv6";
};

/** Without the zone, and as an IPv4 address where the system gives one as IPv6. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");

/**
 * The client for which one of our proxies forwards a request: the last address of the header, which
 * the proxy itself added. Undefined when there is none.
 */
export const forwardedAddress = (request: IncomingMessage): string | undefined => {
  const header = String(request.headers["x-forwarded-for"] ?? "");
  const last = plainAddress(header.split(",").at(-1)?.trim() ?? "");
  return isIP(last) === 0 ? undefined : last;
};
