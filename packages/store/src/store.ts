/**
 * The composition root of a store: opens the storage, builds the core on it, and puts the faces in
 * front.
 */
import { systemClock } from "./base/clock.ts";
import { createMetrics } from "./base/metrics.ts";
import { createBlockAnswers } from "./core/block-answers.ts";
import { createDayKeeper, maxStepFor } from "./core/day-keeper.ts";
import { createFeeds } from "./core/feeds.ts";
import { createFormChooser } from "./core/form-chooser.ts";
import { createSpaceCheck } from "./core/free-space.ts";
import { createGroupCommit } from "./core/group-commit.ts";
import { createUpkeep } from "./core/upkeep.ts";
import { openStorage } from "./engines/open-storage.ts";
import { createAddresses } from "./faces/admission/addresses.ts";
import { createAdmission } from "./faces/admission/admission.ts";
import { DEFAULT_LIMITS } from "./faces/admission/limits.ts";
import { createNames } from "./faces/admission/names.ts";
import { NO_PROXIES } from "./faces/admission/proxies.ts";
import { listen } from "./faces/http/listen.ts";
import { createMetricsServer } from "./faces/http/metrics-server.ts";
import { securityTxt } from "./faces/http/security-txt.ts";
import { createHttpServer } from "./faces/http/server.ts";
import { readWebApp } from "./faces/http/web-app.ts";
import { createWebSocketFace } from "./faces/websocket/face.ts";
import { openBackups, type BackupServer } from "./operations/backup/backup-server.ts";
import { createFailureReport } from "./operations/failure-report.ts";
import { addGauges } from "./operations/gauges.ts";
import { createReadiness } from "./operations/readiness.ts";
import { contactsFrom, hostsFrom, proxiesFrom, type StoreOptions } from "./options.ts";
import type { Storage } from "./storage/storage.ts";

export interface RunningStore {
  /** `http://host:port`: the store's address, as people and invitations carry it. */
  readonly origin: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly storeId: Uint8Array;
  /** Answers what is committed, says goodbye to every connection, and closes the data. */
  close(): Promise<void>;
}

export const SOFTWARE = "pli-store 0.1.0";
const MiB = 1024 * 1024;

/** Starts a store. Rejects with a StorageError or a ListenError, and leaves nothing open then. */
export const startStore = async (options: StoreOptions): Promise<RunningStore> => {
  const { data: folder, engine, feeds = 1, log = () => {} } = options;
  const storage = options.storage ?? (await openStorage({ folder, feeds, engine, log }));
  const settings = settingsFrom(options);
  const core = createCore(storage, settings);
  const faces = createFaces(core, options, settings);
  let backups: BackupServer | undefined;
  const close = async (): Promise<void> => {
    backups?.close();
    await faces.stop();
    await storage.close();
    log("info", "stopped");
  };
  try {
    await core.upkeep.round();
    const { host = "127.0.0.1" } = options;
    const port = await listen(faces.server, host, options.port ?? 0);
    const metricsPort =
      faces.metricsServer && (await listen(faces.metricsServer, "127.0.0.1", options.metricsPort ?? 0));
    backups = await openBackups({ storage, feeds, path: options.backupSocket, failed: core.failed, log });
    const origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    log("info", "started", { port, retention_days: settings.retentionDays });
    return { origin, port, metricsPort, storeId: storage.storeId, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The options of the core, with their defaults. */
const settingsFrom = (options: StoreOptions) => ({
  feedCount: options.feeds ?? 1,
  retentionDays: options.retentionDays ?? 30,
  minFreeBytes: options.minFreeBytes ?? 128 * MiB,
  fullFeedBytes: options.fullFeedBytes ?? 20 * MiB,
  clockSettleMs: options.clockSettleMs ?? 3_600_000,
  upkeepMs: options.upkeepMs ?? 60_000,
  clock: options.clock ?? systemClock,
  log: options.log ?? (() => {}),
});
type Settings = ReturnType<typeof settingsFrom>;

/** What keeps cells and gives feeds, whatever the wire. */
const createCore = (storage: Storage, settings: Settings) => {
  const { feedCount, retentionDays, minFreeBytes, clock, log } = settings;
  const metrics = createMetrics();
  const failed = createFailureReport(log, metrics, clock);
  const days = createDayKeeper({
    clock,
    lastDay: storage.lastDay(),
    maxStepDays: maxStepFor(retentionDays),
    settleMs: settings.clockSettleMs,
  });
  const upkeep = createUpkeep({ storage, days, retentionDays, everyMs: settings.upkeepMs, log, failed });
  const day = (): number => upkeep.day();
  const formOf = createFormChooser({ storage, day, budgetBytes: settings.fullFeedBytes });
  const feeds = createFeeds({ count: feedCount, storage, formOf, failed });
  storage.listen(feeds.stored);
  const commits = createGroupCommit({
    storage,
    day,
    hasSpace: createSpaceCheck({ storage, clock, minFreeBytes, log }),
    committed: (puts, ms) => metrics.observe(ms / 1000, puts),
    failed,
  });
  const blocks = createBlockAnswers(storage);
  const readiness = createReadiness(storage, clock, failed);
  return { storage, commits, blocks, feeds, feedCount, upkeep, readiness, metrics, failed };
};
type Core = ReturnType<typeof createCore>;

/** The servers in front of the core. `stop` also ends the core's timers. */
const createFaces = (core: Core, options: StoreOptions, settings: Settings) => {
  const { commits, readiness, upkeep, metrics } = core;
  const { clock, log } = settings;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const proxies = proxiesFrom(options);
  const hosts = hostsFrom(options);
  const contacts = contactsFrom(options);
  const names = createNames({ hosts, proxies, log });
  const addresses = createAddresses(limits, () => clock.steady());
  const admission = createAdmission({ addresses, proxies, metrics, log });
  const server = createHttpServer({
    webApp: options.web === undefined ? undefined : readWebApp(options.web),
    ready: () => readiness.ready(),
    securityTxt: contacts.length === 0 ? undefined : (host) => securityTxt(contacts, host, clock.now()),
    limits,
    names,
    admit: (request, response) => admission.admit(request, response) !== undefined,
    refused: (status) => metrics.count("pli_connections_refused_total", status),
  });
  admission.watch(server);
  const services = { ...core, ...settings, limits, software: SOFTWARE };
  const face = createWebSocketFace(server, services, { admission, names, pingMs: options.pingMs ?? 30_000 });
  addGauges(metrics, {
    ...core,
    minFreeBytes: settings.minFreeBytes,
    connections: face.connections,
    backlogBytes: addresses.backlogBytes,
  });
  const metricsServer =
    options.metricsPort === undefined
      ? undefined
      : createMetricsServer(() => metrics.text(), createNames({ hosts, proxies: NO_PROXIES, log }));

  const stop = async (): Promise<void> => {
    readiness.stop();
    upkeep.stop();
    server.close();
    await face.shutdown();
    await commits.idle();
    server.closeAllConnections();
    metricsServer?.close();
    metricsServer?.closeAllConnections();
  };
  return { server, metricsServer, stop };
};
