import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Which peers are proxies of ours, whose word on who calls is taken. */
export interface Proxies {
  trusts(address: string | undefined): boolean;
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"],
};

export const NO_PROXIES: Proxies = { trusts: () => false };

/**
 * From `loopback`, `private`, addresses and networks such as `192.0.2.0/24`, with commas between;
 * undefined when something else is in it.
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

/** An IPv4 address also where the system gives it as an IPv6 one; without the zone. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");

/**
 * Whom a proxy of ours says that it forwards: the last it was told, which is its own word.
 * Undefined when it says no address.
 */
export const forwardedAddress = (request: IncomingMessage): string | undefined => {
  const said = String(request.headers["x-forwarded-for"] ?? "");
  const last = plainAddress(said.split(",").at(-1)?.trim() ?? "");
  return isIP(last) === 0 ? undefined : last;
};
