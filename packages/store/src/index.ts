/** The server as a library (docs/protocol.md section 3, docs/store.md). */
export { systemClock, type Clock } from "./base/clock.ts";
export { DEFAULT_LIMITS, type StoreLimits } from "./faces/admission/limits.ts";
export { createJsonLog, LOG_LEVELS, type Log, type LogLevel } from "./base/event-log.ts";
export { backUp } from "./operations/backup/backup.ts";
export { BackupError } from "./operations/backup/backup-error.ts";
export { restore } from "./operations/backup/restore.ts";
export { CopyError, type Copied, type Progress } from "./operations/copy/copy.ts";
export {
  copyPlace,
  isClusterAddress,
  openClusterStorage,
  type JetStreamSettings,
} from "./operations/copy/copy-place.ts";
export { ENGINES, openStorage, type EngineName } from "./engines/open-storage.ts";
export { parseContacts } from "./faces/http/security-txt.ts";
export { parseHosts } from "./faces/admission/names.ts";
export { parseProxies } from "./faces/admission/proxies.ts";
export { ListenError, SOFTWARE, startStore, type RunningStore, type StoreOptions } from "./store.ts";
export { StorageError, type Put, type PutResult, type Storage, type StorageCode } from "./storage/storage.ts";
