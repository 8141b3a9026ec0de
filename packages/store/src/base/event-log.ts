/** The log of a store: events for the operator, as JSON lines. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Reports events of the store to the operator, one line each, and never what one connection did.
 * Fields hold codes, counts, days and file names. A line has no time of day, since nothing that the
 * store writes has one (invariant 2); the program that collects the lines adds its own.
 */
export type Log = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, string | number | boolean>>,
) => void;

/** A log of JSON lines, up to `level`. */
export const createJsonLog =
  (level: LogLevel, write: (line: string) => void): Log =>
  (lineLevel, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(lineLevel) > LOG_LEVELS.indexOf(level)) return;
    write(JSON.stringify({ level: lineLevel, event, ...fields }));
  };
