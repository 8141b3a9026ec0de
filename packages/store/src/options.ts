import type { Clock } from "./base/clock.ts";
import type { Log } from "./base/event-log.ts";
import type { EngineName } from "./engines/open-storage.ts";
import { parseHosts } from "./faces/admission/names.ts";
import { parseContacts } from "./faces/http/security-txt.ts";
import type { StoreLimits } from "./faces/admission/limits.ts";
import { NO_PROXIES, parseProxies, type Proxies } from "./faces/admission/proxies.ts";
import type { Storage } from "./storage/storage.ts";

/** How to run a store. Only `data` (a folder, made if missing) must be given. */
export interface StoreOptions {
  readonly data: string;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The loopback port of the Prometheus metrics. Default none; 0 takes any free port. */
  readonly metricsPort?: number;
  /** Path of the socket at which a back-up reads the running store. Default none. */
  readonly backupSocket?: string | undefined;
  /** Folder of the built web app. Default none. */
  readonly web?: string;
  readonly retentionDays?: number;
  readonly feeds?: number;
  /**
   * A feed whose day takes more bytes than this in full form is given in tag form. Default 20 MiB.
   */
  readonly fullFeedBytes?: number;
  /** Below this many free bytes on the disk, puts are refused. */
  readonly minFreeBytes?: number;
  /** How long a clock that is days ahead must keep steady before days expire by it. */
  readonly clockSettleMs?: number;
  /** A proxy in front states the client's address in X-Forwarded-For. */
  readonly behindProxy?: boolean;
  /**
   * The proxies whose X-Forwarded-For is believed: `loopback`, `private`, addresses and networks,
   * separated by commas. Default `loopback`.
   */
  readonly trustedProxies?: string;
  /**
   * Names the store answers to besides addresses and names of its own network, and the sites whose
   * pages may use it, separated by commas.
   */
  readonly hosts?: string;
  /**
   * The contacts that `/.well-known/security.txt` names: `mailto:`, `https://` or `tel:` addresses,
   * separated by commas. Default none, and no such file.
   */
  readonly securityContact?: string;
  readonly limits?: Partial<StoreLimits>;
  readonly pingMs?: number;
  readonly upkeepMs?: number;
  readonly log?: Log;
  readonly clock?: Clock;
  /** The engine that keeps `data`. Default: the one that made the data. */
  readonly engine?: EngineName | undefined;
  /** A Storage to use instead of `data`. The store closes it. */
  readonly storage?: Storage;
}

/** Throws RangeError when `trustedProxies` cannot be parsed. */
export const proxiesFrom = ({ behindProxy = false, trustedProxies = "loopback" }: StoreOptions): Proxies => {
  if (!behindProxy) return NO_PROXIES;
  const proxies = parseProxies(trustedProxies);
  if (proxies === undefined) throw new RangeError(`not proxies: ${trustedProxies}`);
  return proxies;
};

/** Throws RangeError when `hosts` cannot be parsed. */
export const hostsFrom = ({ hosts = "" }: StoreOptions): ReadonlySet<string> => {
  const names = parseHosts(hosts);
  if (names === undefined) throw new RangeError(`not names: ${hosts}`);
  return names;
};

/** Throws RangeError when `securityContact` cannot be parsed. */
export const contactsFrom = ({ securityContact = "" }: StoreOptions): readonly string[] => {
  const contacts = parseContacts(securityContact);
  if (contacts === undefined) throw new RangeError(`not contacts: ${securityContact}`);
  return contacts;
};
