/** The server as a library (docs/protocol.md section 3, docs/store.md). */
export { systemClock, type Clock } from "./base/clock.ts";
export { createJsonLog, LOG_LEVELS, type Log, type LogLevel } from "./base/event-log.ts";
export { isClusterAddress, type JetStreamSettings } from "./engines/jetstream/settings.ts";
export { ENGINES, openClusterStorage, openStorage, type EngineName } from "./engines/open-storage.ts";
export { DEFAULT_LIMITS, type StoreLimits } from "./faces/admission/limits.ts";
export { parseHosts } from "./faces/admission/names.ts";
export { parseProxies } from "./faces/admission/proxies.ts";
export { parseContacts } from "./faces/http/security-txt.ts";
export { ListenError } from "./faces/http/listen.ts";
export { BackupError } from "./operations/backup/backup-error.ts";
export { backUp } from "./operations/backup/backup.ts";
export { restore } from "./operations/backup/restore.ts";
export { copyPlace } from "./operations/copy/copy-place.ts";
export { CopyError, type Copied, type Progress } from "./operations/copy/source.ts";
export type { StoreOptions } from "./options.ts";
export { StorageError, type Put, type PutResult, type Storage, type StorageCode } from "./storage/storage.ts";
export { SOFTWARE, startStore, type RunningStore } from "./store.ts";
