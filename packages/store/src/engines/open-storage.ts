import { existsSync, readdirSync } from "node:fs";
import type { Log } from "../base/event-log.ts";
import { openLogStorage } from "./log/log-storage.ts";
import { dayFromName } from "./sqlite/day-name.ts";
import { openSqliteStorage } from "./sqlite/sqlite-storage.ts";
import { dayFromIso } from "./embedded/iso-day.ts";
import { StorageError, type Beginning, type Storage } from "../storage/storage.ts";
import type { JetStreamSettings } from "./jetstream/settings.ts";

/** The engines that keep data in a folder (docs/adr/0010). */
export const ENGINES = ["log", "sqlite"] as const;
export type EngineName = (typeof ENGINES)[number];

/** New folders get the engine that is faster when many write at once (docs/adr/0010). */
const DEFAULT_ENGINE: EngineName = "log";

/**
 * Opens the data of a folder with `engine` or, when that is undefined, with the engine that made
 * the data. Rejects with a StorageError, `data_unusable` when the folder holds days of another
 * engine, which this one would not see.
 */
export const openStorage = async (options: {
  readonly folder: string;
  readonly feeds: number;
  readonly engine?: EngineName | undefined;
  /** How a new folder begins that is to become a copy. */
  readonly begin?: Beginning | undefined;
  readonly log: Log;
}): Promise<Storage> => {
  const held = enginesIn(options.folder);
  const engine = options.engine ?? held[0] ?? DEFAULT_ENGINE;
  const other = held.find((name) => name !== engine);
  if (other !== undefined) {
    const message = `${options.folder} holds data of the engine ${other}, not ${engine}`;
    throw new StorageError("data_unusable", message, { file: options.folder });
  }
  return engine === "log" ? openLogStorage(options) : openSqliteStorage(options);
};

/**
 * Opens a cluster, and loads the client of NATS for that: a store with a folder never loads it.
 * Rejects with a StorageError.
 */
export const openClusterStorage = async (
  settings: JetStreamSettings,
  options: { readonly feeds: number; readonly begin?: Beginning | undefined },
): Promise<Storage> => {
  const { openJetStreamStorage } = await import("./jetstream/jetstream-storage.ts");
  return openJetStreamStorage(settings, options);
};

const enginesIn = (folder: string): EngineName[] => {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const isDay = { log: dayFromIso, sqlite: dayFromName };
  return ENGINES.filter((engine) => names.some((name) => isDay[engine](name) !== undefined));
};
