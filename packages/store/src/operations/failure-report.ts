/** Reports failures of the storage to metrics and log. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/event-log.ts";
import type { Metrics } from "../base/metrics.ts";
import { StorageError } from "../storage/storage.ts";

const LOG_EVERY_MS = 60_000;

/** Counts every failure of the storage, and logs each code at most once a minute. */
export const createFailureReport = (log: Log, metrics: Metrics, clock: Clock): ((error: unknown) => void) => {
  const lastLogged = new Map<string, number>();
  return (error) => {
    const { code, file } = error instanceof StorageError ? error : { code: "internal", file: undefined };
    metrics.count("pli_storage_failures_total", code);
    const last = lastLogged.get(code);
    if (last !== undefined && clock.steady() - last < LOG_EVERY_MS) return;
    lastLogged.set(code, clock.steady());
    log("error", "storage_failed", file === undefined ? { code } : { code, file });
  };
};
