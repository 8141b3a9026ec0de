import { createHmac, randomBytes } from "node:crypto";
import { Backlog } from "./backlog.ts";
import { Budget } from "../../base/budget.ts";
import type { StoreLimits } from "./limits.ts";
import { plainAddress } from "./proxies.ts";
import { createRate, type Rate } from "../../base/rate.ts";
import { createTurns, type Turns } from "../../base/turns.ts";

/**
 * What one address is allowed, kept in memory only, under a salted hash that dies with the process:
 * the address itself is never kept.
 */
export interface Addresses {
  /** Counts one more connection from `address`; undefined when it has too many. */
  admit(address: string): Admitted | undefined;
  /** What waits to leave on all lines. */
  backlogBytes(): number;
}

export interface Admitted {
  readonly puts: Rate;
  /** Bytes of messages that have not come whole. */
  readonly unfinished: Budget;
  /** Bytes that wait to leave. */
  readonly backlog: Backlog;
  /** Bytes of puts that wait for a commit, and of blocks among them. */
  readonly waiting: Budget;
  readonly waitingBlocks: Budget;
  /** For blocks asked for, until they have left. */
  readonly blocks: Turns;
  leave(): void;
}

/** One address. Its connections share it. */
class Known implements Admitted {
  readonly puts: Rate;
  readonly unfinished: Budget;
  readonly backlog: Backlog;
  readonly waiting: Budget;
  readonly waitingBlocks: Budget;
  readonly blocks: Turns;
  #site: Site | undefined;
  connections = 0;

  constructor(limits: StoreLimits, all: All, steady: () => number) {
    this.puts = createRate(limits.putsPerSecondPerAddress, limits.putBurstPerAddress, steady);
    this.unfinished = new Budget(limits.unfinishedBytesPerAddress, all.unfinished);
    this.backlog = new Backlog(limits.backlogBytesPerAddress, all.backlog);
    this.waiting = new Budget(limits.putBytesPerAddress);
    this.waitingBlocks = new Budget((limits.putBytesPerAddress * 3) / 4, this.waiting);
    this.blocks = createTurns(limits.blockAnswersPerAddress);
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

/** Networks that one owner often has: a /48 of IPv6. */
interface Site {
  connections: number;
}

/** What all addresses hold together. */
interface All {
  readonly unfinished: Budget;
  readonly backlog: Backlog;
}

const SWEEP_ABOVE = 1000;
/** A site may have the connections of so many addresses. */
const ADDRESSES_OF_SITE = 4;

export const createAddresses = (limits: StoreLimits, steady: () => number): Addresses => {
  const salt = randomBytes(32);
  const known = new Map<string, Known>();
  const sites = new Map<string, Site>();
  const all = { unfinished: new Budget(limits.unfinishedBytes), backlog: new Backlog(limits.backlogBytes) };
  const keyOf = (network: string): string =>
    createHmac("sha256", salt).update(network).digest().toString("latin1", 0, 16);
  const sweep = (): void => {
    for (const [key, { connections, puts }] of known) if (connections === 0 && puts.full()) known.delete(key);
    for (const [key, { connections }] of sites) if (connections === 0) sites.delete(key);
  };
  /** That of an IPv4 address is its own. */
  const siteOf = (network: string): Site => {
    const key = keyOf(network.split(":").slice(0, 3).join(":"));
    const site = sites.get(key) ?? { connections: 0 };
    sites.set(key, site);
    return site;
  };
  return {
    admit: (address) => {
      if (known.size > SWEEP_ABOVE) sweep();
      const network = networkOf(address);
      const key = keyOf(network);
      const site = siteOf(network);
      const entry = known.get(key) ?? new Known(limits, all, steady);
      if (entry.connections >= limits.connectionsPerAddress) return undefined;
      if (site.connections >= ADDRESSES_OF_SITE * limits.connectionsPerAddress) return undefined;
      known.set(key, entry);
      entry.enter(site);
      return entry;
    },
    backlogBytes: () => all.backlog.bytes(),
  };
};

/** An IPv4 address, or the /64 network of an IPv6 one: what one person usually has. */
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
