/**
 * The copy of the recovery secret that a passkey opens. All devices of the person keep it sealed,
 * and store it again long before the store drops it; none of them can open it. docs/protocol.md,
 * section 8.3.
 */
import { restFirst } from "@pli/protocol/conversation";
import { fromHex, toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import {
  backupSeed,
  encodePasskeyCopy,
  nextPlace,
  parsePasskeyCopy,
  placeBehind,
  sealBackup,
  type BackupPlace,
  type PasskeyCopy,
} from "@pli/protocol/recovery";
import type { PasskeyCopyView } from "../../api/views.ts";
import { FEED } from "../../delivery/port.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { Kit } from "../../kit.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { createStoreTime } from "./store-time.ts";
import { LEAST_RETENTION_DAYS, WEEK_MS } from "./writing.ts";

const COPY = "passkey-copy";
const STREAM = `${COPY} `;
const STORED = "passkey-copy-stored";
const DUE = "passkey-copy-due";
/** What all devices of a person tell each other of it. Empty: it was removed. */
const [WORD, OF] = ["recovery", "passkey"];
const DAY_MS = 86_400_000;

/**
 * The copy as devices tell each other of it, in hex; or until when the store can have a removed
 * one.
 */
type Known = { readonly record: string } | { readonly until: number };

/** What this device stored last, of the copy that counts. Times are the store's, in ms. */
interface Stored extends BackupPlace {
  /** 0: all places of that week were taken. */
  readonly at: number;
}

export interface PasskeyCopies {
  /** This one counts from now on, on all devices. */
  keep(tx: Tx, copy: PasskeyCopy): Promise<void>;
  /** No device stores it again. What the store has stays until it is dropped. */
  remove(tx: Tx): Promise<void>;
  view(tx: Tx): Promise<PasskeyCopyView | undefined>;
  /** Stores it again if it is time for that. */
  look(tx: Tx): Promise<void>;
}

export function createPasskeyCopies(kit: Kit): PasskeyCopies {
  const { context, queue, selfMap, stores } = kit;
  const { clock, crypto } = context;
  const time = createStoreTime(kit);

  queue.serve(COPY, {
    created: async (tx, { reference }) => {
      const place = await placeOf(tx, reference);
      if (place === undefined) return;
      await saveMeta(tx, STORED, { ...place, at: time.now() ?? clock.now() } satisfies Stored);
      tx.changed("recovery");
    },
    taken: async (tx, { reference }) => {
      const place = await placeOf(tx, reference);
      if (place === undefined) return;
      const behind = placeBehind(place);
      if (behind !== undefined) await write(tx, behind);
      else await saveMeta(tx, STORED, { ...place, at: 0 } satisfies Stored);
    },
  });
  stores.onReady((address) => {
    if (address === stores.home) context.later(0, look);
  });
  selfMap.serve(WORD, {
    apply: async (tx, of, value) => {
      if (of !== OF) return;
      if (value.length === 0) return forget(tx);
      const copy = parsePasskeyCopy(value);
      if (!copy.ok || (await recordOf(tx)) === toHex(value)) return;
      await adopt(tx, copy.value);
      // The others store it too: a random while later this device is one of them.
      const quarter = (time.retentionDays(LEAST_RETENTION_DAYS) * DAY_MS) / 4;
      await saveMeta(tx, DUE, Math.floor((time.now() ?? clock.now()) + fractionFrom(crypto.random(4)) * quarter));
    },
    collect: async (tx) => {
      const known = await findMeta<Known>(tx, COPY);
      if (known === undefined) return [];
      return [[OF, "record" in known ? bytesOf(known.record) : new Uint8Array(0)]];
    },
  });

  async function recordOf(tx: Tx): Promise<string | undefined> {
    const known = await findMeta<Known>(tx, COPY);
    return known !== undefined && "record" in known ? known.record : undefined;
  }

  async function find(tx: Tx): Promise<PasskeyCopy | undefined> {
    const record = await recordOf(tx);
    if (record === undefined) return undefined;
    const copy = parsePasskeyCopy(bytesOf(record));
    return copy.ok ? copy.value : damaged(COPY);
  }

  /** Where an item stands; undefined: it is of a copy that does not count any more. */
  async function placeOf(tx: Tx, reference: string): Promise<BackupPlace | undefined> {
    const [week = "", n = "", place] = reference.split(" ");
    const copy = await find(tx);
    return copy !== undefined && toHex(copy.place) === place ? { week: Number(week), n: Number(n) } : undefined;
  }

  async function adopt(tx: Tx, copy: PasskeyCopy): Promise<void> {
    await withdrawItems(tx, STREAM);
    await saveMeta(tx, COPY, { record: toHex(encodePasskeyCopy(copy)) } satisfies Known);
    await deleteMeta(tx, STORED);
    await deleteMeta(tx, DUE);
    tx.changed("recovery");
  }

  async function forget(tx: Tx): Promise<void> {
    if ((await recordOf(tx)) === undefined) return;
    await withdrawItems(tx, STREAM);
    // The store drops whole days.
    const until = (time.now() ?? clock.now()) + (time.retentionDays() + 1) * DAY_MS;
    await saveMeta(tx, COPY, { until } satisfies Known);
    await deleteMeta(tx, STORED);
    await deleteMeta(tx, DUE);
    tx.changed("recovery");
  }

  async function look(tx: Tx): Promise<void> {
    const now = time.now();
    if (now === undefined || (await recordOf(tx)) === undefined) return;
    const stored = await findMeta<Stored>(tx, STORED);
    if (await isDue(tx, stored, now)) await writeNext(tx, stored, now);
  }

  async function isDue(tx: Tx, stored: Stored | undefined, now: number): Promise<boolean> {
    const retention = time.retentionDays(LEAST_RETENTION_DAYS) * DAY_MS;
    if (stored !== undefined) return Math.abs(now - stored.at) >= retention / 2;
    const due = (await findMeta<number>(tx, DUE)) ?? now;
    // A time that is far off was planned by another clock.
    return due <= now || due - now > retention / 4;
  }

  async function writeNext(tx: Tx, stored: Stored | undefined, now: number): Promise<void> {
    const place = nextPlace(Math.floor(now / WEEK_MS), stored);
    if (place !== undefined && (await listReferences(tx, STREAM)).length === 0) await write(tx, place);
  }

  async function write(tx: Tx, at: BackupPlace): Promise<void> {
    const copy = await find(tx);
    if (copy === undefined || context.options.backups === "never") return;
    const seed = backupSeed(crypto, copy.place, at);
    const bytes = sealBackup(crypto, copy.place, at, copy.sealed);
    await queue.add(tx, {
      stream: STREAM,
      store: stores.home,
      reference: [at.week, at.n, toHex(copy.place)].join(" "),
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
  }

  return {
    look,
    keep: async (tx, copy) => {
      await adopt(tx, copy);
      await selfMap.set(tx, `${WORD}/${OF}`, encodePasskeyCopy(copy));
      await writeNext(tx, undefined, time.now() ?? clock.now());
    },
    remove: async (tx) => {
      if ((await recordOf(tx)) === undefined) return;
      await forget(tx);
      await selfMap.set(tx, `${WORD}/${OF}`, new Uint8Array(0));
    },
    view: async (tx) => {
      const known = await findMeta<Known>(tx, COPY);
      if (known === undefined) return undefined;
      if ("until" in known) return known.until > clock.now() ? { isKept: false, until: known.until } : undefined;
      const { madeAt } = (await find(tx)) ?? damaged(COPY);
      const at = (await findMeta<Stored>(tx, STORED))?.at || undefined;
      if (at === undefined) return { isKept: true, madeAt };
      return { isKept: true, madeAt, storedAt: at, until: at + time.retentionDays() * DAY_MS };
    },
  };
}

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? damaged(COPY);
