import { createHmac, randomBytes } from "node:crypto";
import { createRate, type Rate } from "./rate.ts";

/** What one address is allowed, kept in memory only, under a salted hash that dies with the process: the address itself is never kept. */
export interface Addresses {
  /** Counts one more connection from `address`; undefined when it has too many. */
  admit(address: string): Admitted | undefined;
}

export interface Admitted {
  readonly puts: Rate;
  leave(): void;
}

export interface AddressLimits {
  readonly connectionsPerAddress: number;
  readonly putsPerSecondPerAddress: number;
  readonly putBurstPerAddress: number;
}

/** One address. Its connections share it. */
class Known implements Admitted {
  readonly puts: Rate;
  connections = 0;

  constructor(puts: Rate) {
    this.puts = puts;
  }

  leave(): void {
    this.connections -= 1;
  }
}

const SWEEP_ABOVE = 1000;

export const createAddresses = (limits: AddressLimits, steady: () => number): Addresses => {
  const salt = randomBytes(32);
  const known = new Map<string, Known>();
  const keyOf = (address: string): string =>
    createHmac("sha256", salt).update(networkOf(address)).digest().toString("latin1", 0, 16);
  const sweep = (): void => {
    for (const [key, { connections, puts }] of known) if (connections === 0 && puts.full()) known.delete(key);
  };
  const fresh = (): Known => new Known(createRate(limits.putsPerSecondPerAddress, limits.putBurstPerAddress, steady));
  return {
    admit: (address) => {
      if (known.size > SWEEP_ABOVE) sweep();
      const key = keyOf(address);
      const entry = known.get(key) ?? fresh();
      if (entry.connections >= limits.connectionsPerAddress) return undefined;
      known.set(key, entry);
      entry.connections += 1;
      return entry;
    },
  };
};

/** An IPv4 address, or the /64 network of an IPv6 one: what one person usually has. */
export const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
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
