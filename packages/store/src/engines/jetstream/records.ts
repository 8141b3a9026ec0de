import { err, ok, STORE_ID_BYTES, type Result } from "@pli/protocol/wire";

/** What a store writes about itself, once: the version of this layout, and its id. */
export interface StoreRecord {
  readonly storeId: Uint8Array;
}

/**
 * A day and, for each stream, the first sequence that belongs to it or to a later day. A stream
 * that is not named was empty.
 */
export interface DayRecord {
  readonly day: number;
  readonly starts: Readonly<Record<string, number>>;
}

const FORMAT_VERSION = 1;
const MAX_DAYS = 4000;
/** NATS refuses a larger message. */
export const MAX_RECORD_BYTES = 1024 * 1024;

type Damage = "data_damaged" | "data_newer";

export const encodeStoreRecord = ({ storeId }: StoreRecord): Uint8Array => {
  const bytes = new Uint8Array(1 + STORE_ID_BYTES);
  bytes[0] = FORMAT_VERSION;
  bytes.set(storeId, 1);
  return bytes;
};

export const parseStoreRecord = (bytes: Uint8Array): Result<StoreRecord, Damage> => {
  if ((bytes[0] ?? 0) > FORMAT_VERSION) return err("data_newer");
  if (bytes[0] !== FORMAT_VERSION || bytes.length !== 1 + STORE_ID_BYTES) return err("data_damaged");
  return ok({ storeId: Uint8Array.from(bytes.subarray(1)) });
};

/** The days kept, oldest first. */
export const encodeDays = (days: readonly DayRecord[]): Uint8Array => Buffer.from(JSON.stringify(days));

/** Days in strictly rising order, whose starts never fall; at most 1 MiB. */
export const parseDays = (bytes: Uint8Array): Result<readonly DayRecord[], "data_damaged"> => {
  if (bytes.length > MAX_RECORD_BYTES) return err("data_damaged");
  const days = parseJson(bytes);
  if (!Array.isArray(days) || days.length > MAX_DAYS || !days.every(isDayRecord)) return err("data_damaged");
  const rising = days.every((day, i) => i === 0 || follows(days[i - 1] as DayRecord, day));
  return rising ? ok(days) : err("data_damaged");
};

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isDayRecord = (value: unknown): value is DayRecord => {
  if (typeof value !== "object" || value === null || !("day" in value) || !("starts" in value)) return false;
  const { day, starts, ...rest } = value;
  if (!isCount(day) || typeof starts !== "object" || starts === null || Array.isArray(starts)) return false;
  return Object.keys(rest).length === 0 && Object.values(starts).every(isCount);
};

const follows = (before: DayRecord, day: DayRecord): boolean =>
  day.day > before.day && Object.entries(before.starts).every(([stream, start]) => (day.starts[stream] ?? 0) >= start);
