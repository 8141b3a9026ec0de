import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createBlockAnswers } from "./core/block-answers.ts";
import { createAddresses } from "./faces/admission/addresses.ts";
import { createAdmission, type Admission } from "./faces/admission/admission.ts";
import { systemClock, type Clock } from "./base/clock.ts";
import { openBackupServer, type BackupServer } from "./operations/backup/backup-server.ts";
import { createDayKeeper, maxStepFor } from "./core/day-keeper.ts";
import { createFeeds } from "./core/feeds.ts";
import { createFormChooser } from "./core/form-chooser.ts";
import { createGroupCommit } from "./core/group-commit.ts";
import { createHttpServer, createMetricsServer } from "./faces/http/server.ts";
import { parseContacts, securityTxt } from "./faces/http/security-txt.ts";
import { readWebApp } from "./faces/http/web-app.ts";
import { DEFAULT_LIMITS, type StoreLimits } from "./faces/admission/limits.ts";
import type { Log } from "./base/event-log.ts";
import { addGauges } from "./operations/gauges.ts";
import { createMetrics, type Metrics } from "./base/metrics.ts";
import { createNames, parseHosts } from "./faces/admission/names.ts";
import { NO_PROXIES, parseProxies, type Proxies } from "./faces/admission/proxies.ts";
import { createReadiness } from "./operations/readiness.ts";
import { createRoomCheck } from "./core/free-space.ts";
import { openStorage, type EngineName } from "./engines/open-storage.ts";
import { StorageError, type Storage } from "./storage/storage.ts";
import { createUpkeep } from "./core/upkeep.ts";
import { createWebSocketFace } from "./faces/websocket/face.ts";

/** How to run a store. Only `data` (a folder, made if missing) must be given. */
export interface StoreOptions {
  readonly data: string;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Prometheus metrics on a loopback port of their own; none unless given, 0 for any free port. */
  readonly metricsPort?: number;
  /** Path of the socket at which a back-up reads the store while it runs; none unless given. */
  readonly backupSocket?: string | undefined;
  /** Folder of the built web app; none unless given. */
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
  /** A proxy in front tells the address in X-Forwarded-For. */
  readonly behindProxy?: boolean;
  /**
   * Whose word that is: `loopback`, `private`, addresses and networks, with commas between. Default
   * `loopback`.
   */
  readonly trustedProxies?: string;
  /**
   * Names it answers to besides addresses and names of its own network, and the sites whose pages
   * may use it, with commas between.
   */
  readonly hosts?: string;
  /**
   * Whom to tell of a weakness, for `/.well-known/security.txt`: `mailto:`, `https://` or `tel:`
   * addresses, with commas between. Unless given there is no such file.
   */
  readonly securityContact?: string;
  readonly limits?: Partial<StoreLimits>;
  readonly pingMs?: number;
  readonly upkeepMs?: number;
  readonly log?: Log;
  readonly clock?: Clock;
  /** How `data` is kept; unless given, as it was made. */
  readonly engine?: EngineName | undefined;
  /** Another Storage than that of `data`. It is closed with the store. */
  readonly storage?: Storage;
}

export interface RunningStore {
  /** `http://host:port`: the store's address, as people and invitations carry it. */
  readonly origin: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly storeId: Uint8Array;
  /** Answers what is committed, says goodbye to every connection, and closes the data. */
  close(): Promise<void>;
}

/** `port_in_use` or `address_unusable`: the store cannot listen there. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: "port_in_use" | "address_unusable";

  constructor(code: "port_in_use" | "address_unusable", message: string) {
    super(message);
    this.code = code;
  }
}

export const SOFTWARE = "pli-store 0.1.0";
const MiB = 1024 * 1024;

/** Starts a store. Rejects with a StorageError or a ListenError; then nothing is left open. */
export const startStore = async (options: StoreOptions): Promise<RunningStore> => {
  const { host = "127.0.0.1", feeds: feedCount = 1, retentionDays = 30, clock = systemClock, log = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { data: folder, engine } = options;
  const storage = options.storage ?? (await openStorage({ folder, feeds: feedCount, engine, log }));
  const metrics = createMetrics();
  const failed = createFailureReport(log, metrics, clock);
  const days = createDayKeeper({
    clock,
    lastDay: storage.lastDay(),
    maxStepDays: maxStepFor(retentionDays),
    settleMs: options.clockSettleMs ?? 3_600_000,
  });
  const upkeep = createUpkeep({ storage, days, retentionDays, everyMs: options.upkeepMs ?? 60_000, log, failed });
  const formOf = createFormChooser({
    storage,
    day: () => upkeep.day(),
    budgetBytes: options.fullFeedBytes ?? 20 * MiB,
  });
  const feeds = createFeeds({ count: feedCount, storage, formOf, failed });
  storage.listen(feeds.stored);
  const minFreeBytes = options.minFreeBytes ?? 128 * MiB;
  const commits = createGroupCommit({
    storage,
    day: () => upkeep.day(),
    hasRoom: createRoomCheck({ storage, clock, minFreeBytes, log }),
    committed: (puts, ms) => metrics.observe(ms / 1000, puts),
    failed,
  });
  const proxies = proxiesFrom(options);
  const hosts = hostsFrom(options);
  const names = createNames({ hosts, proxies, log });
  const contacts = contactsFrom(options);
  const readiness = createReadiness(storage, clock, failed);
  const server = createHttpServer({
    webApp: options.web === undefined ? undefined : readWebApp(options.web),
    ready: () => readiness.ready(),
    securityTxt: contacts.length === 0 ? undefined : (host) => securityTxt(contacts, host, clock.now()),
    limits,
    names,
    admit: (request, response) => admission.admit(request, response) !== undefined,
    refused: (status) => metrics.count("pli_connections_refused_total", status),
  });
  const addresses = createAddresses(limits, () => clock.steady());
  const admission: Admission = createAdmission({
    server,
    addresses,
    proxies,
    metrics,
    log,
  });
  const blocks = createBlockAnswers(storage);
  const shared = { storage, commits, blocks, feeds, feedCount, limits, retentionDays, clock, metrics, failed };
  const services = { ...shared, software: SOFTWARE };
  const face = createWebSocketFace(server, services, {
    admission,
    names,
    pingMs: options.pingMs ?? 30_000,
  });
  addGauges(metrics, { storage, feeds, feedCount, commits, blocks, addresses, face, readiness, upkeep, minFreeBytes });
  const metricsServer =
    options.metricsPort === undefined
      ? undefined
      : createMetricsServer(() => metrics.text(), createNames({ hosts, proxies: NO_PROXIES, log }));
  let backups: BackupServer | undefined;

  const close = async (): Promise<void> => {
    backups?.close();
    readiness.stop();
    upkeep.stop();
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    await face.shutdown();
    await commits.idle();
    server.closeAllConnections();
    metricsServer?.close();
    metricsServer?.closeAllConnections();
    if (server.listening) await closed;
    await storage.close();
    log("info", "stopped");
  };
  try {
    await upkeep.round();
    const port = await listen(server, host, options.port ?? 0);
    const metricsPort = metricsServer && (await listen(metricsServer, "127.0.0.1", options.metricsPort ?? 0));
    backups = await openBackups({ storage, feeds: feedCount, path: options.backupSocket, failed, log });
    const origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    log("info", "started", { port, retention_days: retentionDays });
    return { origin, port, metricsPort, storeId: storage.storeId, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** A store that cannot be backed up while it runs is a store all the same: that is only told. */
const openBackups = async (options: {
  readonly storage: Storage;
  readonly feeds: number;
  readonly path: string | undefined;
  readonly failed: (error: unknown) => void;
  readonly log: Log;
}): Promise<BackupServer | undefined> => {
  const { path, log } = options;
  if (path === undefined) return undefined;
  try {
    return await openBackupServer({ ...options, path });
  } catch (error) {
    log("warn", "backup_socket_unusable", { file: path, code: (error as NodeJS.ErrnoException).code ?? "internal" });
    return undefined;
  }
};

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" ? "port_in_use" : "address_unusable";
      reject(new ListenError(code, `cannot listen on ${host} port ${port}: ${error.code}`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

const proxiesFrom = ({ behindProxy = false, trustedProxies = "loopback" }: StoreOptions): Proxies => {
  if (!behindProxy) return NO_PROXIES;
  const proxies = parseProxies(trustedProxies);
  if (proxies === undefined) throw new RangeError(`not proxies: ${trustedProxies}`);
  return proxies;
};

const hostsFrom = ({ hosts = "" }: StoreOptions): ReadonlySet<string> => {
  const names = parseHosts(hosts);
  if (names === undefined) throw new RangeError(`not names: ${hosts}`);
  return names;
};

const contactsFrom = ({ securityContact = "" }: StoreOptions): readonly string[] => {
  const contacts = parseContacts(securityContact);
  if (contacts === undefined) throw new RangeError(`not contacts: ${securityContact}`);
  return contacts;
};

/** Counts every failure, and logs each code at most once a minute. */
const createFailureReport = (log: Log, metrics: Metrics, clock: Clock): ((error: unknown) => void) => {
  const lastLogged = new Map<string, number>();
  return (error) => {
    const { code, file } = error instanceof StorageError ? error : { code: "internal", file: undefined };
    metrics.count("pli_storage_failures_total", code);
    const last = lastLogged.get(code);
    if (last !== undefined && clock.steady() - last < 60_000) return;
    lastLogged.set(code, clock.steady());
    log("error", "storage_failed", file === undefined ? { code } : { code, file });
  };
};
