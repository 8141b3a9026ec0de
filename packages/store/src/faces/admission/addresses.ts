import { createHmac, randomBytes } from "node:crypto";
import { Backlog } from "./backlog.ts";
import { Budget } from "../../base/budget.ts";
import type { StoreLimits } from "./limits.ts";
import { plainAddress } from "./proxies.ts";
import { createTokenBucket, type TokenBucket } from "../../base/token-bucket.ts";
import { createSemaphore, type Semaphore } from "../../base/semaphore.ts";

/**
 * Counts what each address uses, in memory only, under a hash salted by the process. The address
 * itself is never kept.
 */
export interface Addresses {
  /** Counts one more connection from `address`; undefined when it has too many. */
  admit(address: string): Admitted | undefined;
  /** Bytes that wait to leave on all lines. */
  backlogBytes(): number;
}

/** What one address may use, as each of its connections sees it. */
export interface Admitted {
  readonly puts: TokenBucket;
  /** Bytes of messages that are not whole yet. */
  readonly unfinished: Budget;
  /** Bytes that wait to leave. */
  readonly backlog: Backlog;
  /** Bytes of puts that wait for a commit, and of the blocks among them. */
  readonly waiting: Budget;
  readonly waitingBlocks: Budget;
  /** Blocks requested, until they have left. */
  readonly blocks: Semaphore;
  leave(): void;
}

/** One address, shared by its connections. */
class Address implements Admitted {
  readonly puts: TokenBucket;
  readonly unfinished: Budget;
  readonly backlog: Backlog;
  readonly waiting: Budget;
  readonly waitingBlocks: Budget;
  readonly blocks: Semaphore;
  #site: Site | undefined;
  connections = 0;

  constructor(limits: StoreLimits, totals: Totals, steady: () => number) {
    this.puts = createTokenBucket(limits.putsPerSecondPerAddress, limits.putBurstPerAddress, steady);
    this.unfinished = new Budget(limits.unfinishedBytesPerAddress, totals.unfinished);
    this.backlog = new Backlog(limits.backlogBytesPerAddress, totals.backlog);
    this.waiting = new Budget(limits.putBytesPerAddress);
    this.waitingBlocks = new Budget((limits.putBytesPerAddress * 3) / 4, this.waiting);
    this.blocks = createSemaphore(limits.blockAnswersPerAddress);
  }

  enter(site: Site): void {
    this.connections += 1;
    site.connections += 1;
    this.#site = site;
  }

  leave(): void {
    this.connections -= 1;
    if (this.#site !== undefined) this.#site.connections -= 1;
  }
}

/** A /48 of IPv6: one owner often has all its networks. */
interface Site {
  connections: number;
}

/** What all addresses hold together. */
interface Totals {
  readonly unfinished: Budget;
  readonly backlog: Backlog;
}

const SWEEP_ABOVE = 1000;
/** A site may have the connections of this many addresses. */
const ADDRESSES_OF_SITE = 4;

export const createAddresses = (limits: StoreLimits, steady: () => number): Addresses => {
  const salt = randomBytes(32);
  const addresses = new Map<string, Address>();
  const sites = new Map<string, Site>();
  const totals = { unfinished: new Budget(limits.unfinishedBytes), backlog: new Backlog(limits.backlogBytes) };
  const keyOf = (network: string): string =>
    createHmac("sha256", salt).update(network).digest().toString("latin1", 0, 16);
  const sweep = (): void => {
    for (const [key, { connections, puts }] of addresses) if (connections === 0 && puts.isFull()) addresses.delete(key);
    for (const [key, { connections }] of sites) if (connections === 0) sites.delete(key);
  };
  /** An IPv4 address is a site of its own. */
  const siteOf = (network: string): Site => {
    const key = keyOf(network.split(":").slice(0, 3).join(":"));
    const site = sites.get(key) ?? { connections: 0 };
    sites.set(key, site);
    return site;
  };
  return {
    admit: (address) => {
      if (addresses.size > SWEEP_ABOVE) sweep();
      const network = networkOf(address);
      const key = keyOf(network);
      const site = siteOf(network);
      const entry = addresses.get(key) ?? new Address(limits, totals, steady);
      if (entry.connections >= limits.connectionsPerAddress) return undefined;
      if (site.connections >= ADDRESSES_OF_SITE * limits.connectionsPerAddress) return undefined;
      addresses.set(key, entry);
      entry.enter(site);
      return entry;
    },
    backlogBytes: () => totals.backlog.bytes(),
  };
};

/** An IPv4 address, or the /64 network of an IPv6 address: what one person usually has. */
export const networkOf = (address: string): string => {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = plain.includes("::") ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
};
