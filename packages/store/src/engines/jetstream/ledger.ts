import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { STORE_ID_BYTES } from "@pli/protocol/wire";
import { StorageError } from "../../storage/storage.ts";
import type { Cluster } from "./cluster.ts";
import {
  encodeDays,
  encodeStoreRecord,
  MAX_RECORD_BYTES,
  parseDays,
  parseStoreRecord,
  type DayRecord,
} from "./records.ts";
import type { StreamNames } from "./subjects.ts";

/**
 * Says at which sequence of each stream each day begins. It is one record that all store nodes
 * change by compare and set, so that all expire the same cells. A day begins where the streams
 * ended before the first write on it.
 */
export interface Ledger {
  /** The days kept, oldest first. */
  days(): readonly DayRecord[];
  /** Adds `day`, unless it or a later day is there. */
  reach(day: number): Promise<void>;
  /**
   * Adds `firstKept`. Returns the days before it, and where the kept part of each stream begins.
   */
  until(firstKept: number): Promise<{ readonly days: readonly number[]; readonly starts: DayRecord["starts"] }>;
  /** Removes the days before `firstKept`, when their cells are gone. */
  forget(firstKept: number): Promise<void>;
  redate(day: number): Promise<void>;
}

const TRIES = 20;
/** A stream that has just lost its leader refuses writes for a moment: the pauses add up to 3 s. */
const PAUSE_MS = { first: 1, most: 250 } as const;
const pauseBefore = (attempt: number): Promise<void> =>
  pause(attempt === 0 ? 0 : Math.min(PAUSE_MS.first * 2 ** (attempt - 1), PAUSE_MS.most));

/** The store's id. The first store node makes it, and all others read it. */
export const readOrMakeId = async (cluster: Cluster, names: StreamNames, wanted?: Uint8Array): Promise<Uint8Array> => {
  const fresh = encodeStoreRecord({ storeId: wanted ?? randomBytes(STORE_ID_BYTES) });
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    await pauseBefore(attempt);
    const kept = await cluster.leaderGet(names.metaStream, names.idSubject);
    if (kept !== undefined) return idFrom(kept.bytes);
    await cluster.write(names.idSubject, fresh, 0);
  }
  throw new StorageError("store_busy", "the store's id could not be made");
};

const idFrom = (bytes: Uint8Array): Uint8Array => {
  const record = parseStoreRecord(bytes);
  if (record.ok) return record.value.storeId;
  const sentence = record.error === "data_newer" ? "of a newer version" : "damaged";
  throw new StorageError(record.error, `the store's record in the cluster is ${sentence}`);
};

export const openLedger = async (
  cluster: Cluster,
  names: StreamNames,
  nextSequences: () => Promise<DayRecord["starts"]>,
): Promise<Ledger> => {
  let known: readonly DayRecord[] = [];
  let sequence = 0;
  let reaching: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const kept = await cluster.leaderGet(names.metaStream, names.daysSubject);
    const days = kept === undefined ? undefined : parseDays(kept.bytes);
    if (days?.ok === false) throw new StorageError(days.error, "the record of days in the cluster is damaged");
    known = days?.value ?? [];
    sequence = kept?.sequence ?? 0;
  };
  /** Applies `change` to the newest record until it is written, or it changes nothing. */
  const update = async (change: (days: readonly DayRecord[]) => Promise<readonly DayRecord[]>): Promise<void> => {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await pauseBefore(attempt);
      const changed = await change(known);
      if (changed === known) return;
      const bytes = encodeDays(changed);
      if (bytes.length > MAX_RECORD_BYTES) throw new StorageError("data_unusable", "too many feeds times days");
      await cluster.write(names.daysSubject, bytes, sequence);
      await load();
    }
    throw new StorageError("store_busy", "the record of days could not be written");
  };
  const withDay = async (days: readonly DayRecord[], day: number): Promise<readonly DayRecord[]> =>
    (days.at(-1)?.day ?? -1) >= day ? days : [...days, { day, starts: await nextSequences() }];

  await load();
  return {
    days: () => known,
    reach: async (day) => {
      // Callers that come while a day is added wait for the same write, and keep their order.
      while ((known.at(-1)?.day ?? -1) < day) {
        reaching ??= update((days) => withDay(days, day)).finally(() => {
          reaching = undefined;
        });
        await reaching;
      }
    },
    until: async (firstKept) => {
      await load();
      const gone = known.filter(({ day }) => day < firstKept).map(({ day }) => day);
      if (gone.length > 0) await update((days) => withDay(days, firstKept));
      return { days: gone, starts: known.find(({ day }) => day >= firstKept)?.starts ?? {} };
    },
    forget: (firstKept) =>
      update(async (days) =>
        days.some(({ day }) => day < firstKept) ? days.filter(({ day }) => day >= firstKept) : days,
      ),
    redate: async (day) => {
      await load();
      await update(async (days) => {
        const newest = days.at(-1);
        return newest === undefined || newest.day >= day ? days : [...days.slice(0, -1), { ...newest, day }];
      });
    },
  };
};
