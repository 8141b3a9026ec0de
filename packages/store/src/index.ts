/** The server as a library (docs/protocol.md section 3, docs/store.md). */
export { systemClock, type Clock } from "./clock.ts";
export { DEFAULT_LIMITS, type StoreLimits } from "./limits.ts";
export { createJsonLog, LOG_LEVELS, type Log, type LogLevel } from "./log.ts";
export { backUp } from "./backup/backup.ts";
export { BackupError } from "./backup/backup-error.ts";
export { restore } from "./backup/restore.ts";
export { CopyError, type Copied, type Progress } from "./copy.ts";
export { copyPlace, isClusterAddress, openClusterStorage, type JetStreamSettings } from "./open-place.ts";
export { ENGINES, openStorage, type EngineName } from "./open-storage.ts";
export { parseContacts } from "./http/security-txt.ts";
export { parseHosts } from "./names.ts";
export { parseProxies } from "./proxies.ts";
export { ListenError, SOFTWARE, startStore, type RunningStore, type StoreOptions } from "./store.ts";
export { StorageError, type Put, type PutResult, type Storage, type StorageCode } from "./storage/storage.ts";
