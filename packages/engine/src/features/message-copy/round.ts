/**
 * What one round of the copy writes: parts for the lines that are in none, then the list of all
 * parts. What is not to be seen any more, and what the store is soon to drop, is sealed again.
 */
import { restFirst } from "@pli/protocol/conversation";
import { padObject, sealObject } from "@pli/protocol/object";
import {
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeCopyList,
  encodeCopyPart,
  MAX_COPY_BYTES,
  MAX_COPY_PARTS,
  MAX_PART_OBJECT_BYTES,
  nextPlace,
  sealBackup,
  type BackupPlace,
  type CopyList,
} from "@pli/protocol/recovery";
import { FEED } from "../../delivery/port.ts";
import type { Kit } from "../../kit.ts";
import type { Profile } from "../../people/profile.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { listStretches } from "../history/past.views.table.ts";
import { sliceOf } from "../history/sealing.ts";
import { createStoreTime } from "../recovery/store-time.ts";
import { LEAST_RETENTION_DAYS, WEEK_MS } from "../recovery/writing.ts";
import {
  countUncopied,
  deleteAllParts,
  deletePart,
  findNewestCopied,
  insertPart,
  listAged,
  listOldest,
  listOutdated,
  listStoredParts,
  listUnstored,
  measureParts,
} from "./copy-parts.table.ts";
import { packNext, type Packed } from "./packing.ts";

export const COPY = "copy";
export const STREAM = `${COPY} messages`;
const [ROUND, PLACE, STRETCHES] = ["copy-round", "copy-place", "copy-stretches"];
/** The first words of references in the queue. */
export const [PART, LIST] = ["part", "list"];
const DAY_MS = 86_400_000;
const SEED_BYTES = 32;
/** Parts that one round writes, and of those that are sealed again because of their age. */
const PARTS_A_ROUND = 256;
const AGED_A_ROUND = 192;
/** Lines that are older than all parts fill no more: the others are for what is said next. */
const OLD_PARTS = MAX_COPY_PARTS - 32;
/** Free places when a round begins. */
const FREE_PARTS = 8;

interface Round {
  /** Parts that it may still write. */
  readonly left: number;
  /** It looks below this place for lines; null: from the newest on. */
  readonly before: number | null;
  /** What is above this place is new, and may use the last parts. */
  readonly top: number;
}

export type CopyPlace = BackupPlace & { readonly generation: number };

export interface Rounds {
  isOpen(tx: Tx): Promise<boolean>;
  open(tx: Tx): Promise<void>;
  close(tx: Tx): Promise<void>;
  /** Queues the next part, or behind all of them the list. False: no list has room this week. */
  next(tx: Tx): Promise<boolean>;
  /** Queues the list, at a place or at the next one. False: no list has room this week. */
  list(tx: Tx, at?: BackupPlace): Promise<boolean>;
  /** The store did not take a part: its lines are in none. */
  lost(tx: Tx, part: number): Promise<void>;
  /** Where the last list stands. */
  place(tx: Tx): Promise<CopyPlace | undefined>;
  savePlace(tx: Tx, place: CopyPlace): Promise<void>;
}

/** `now`: by the store's clock, in ms. */
export function createRounds({ context, profiles, queue, stores }: Kit, now: () => number): Rounds {
  const { clock, crypto } = context;
  const find = (tx: Tx): Promise<Round | undefined> => findMeta<Round>(tx, ROUND);
  const time = createStoreTime({ context, stores });

  async function open(tx: Tx): Promise<void> {
    await dropSome(tx);
    const top = await findNewestCopied(tx);
    await saveMeta(tx, ROUND, { left: PARTS_A_ROUND, before: null, top } satisfies Round);
  }

  /** What is out of date, old, or in the way of what is new. Its seeds are forgotten here. */
  async function dropSome(tx: Tx): Promise<void> {
    const stretches = JSON.stringify(await listStretches(tx));
    // Places as the copy tells them count stretches: with another one all of them are others.
    if ((await findMeta<string>(tx, STRETCHES)) !== stretches) await deleteAllParts(tx);
    await saveMeta(tx, STRETCHES, stretches);
    const out = [
      ...(await listUnstored(tx)),
      ...(await listOutdated(tx, clock.now())),
      ...(await listAged(tx, now() - (time.retentionDays(LEAST_RETENTION_DAYS) * DAY_MS) / 2, AGED_A_ROUND)),
    ];
    for (const id of out) await deletePart(tx, id);
    const { count } = await measureParts(tx);
    if (count <= MAX_COPY_PARTS - FREE_PARTS) return;
    for (const id of await listOldest(tx, count - OLD_PARTS)) await deletePart(tx, id);
  }

  async function next(tx: Tx): Promise<boolean> {
    const round = await find(tx);
    const packed = round && (await nextOf(tx, round));
    if (round === undefined || packed === undefined) return list(tx);
    await writePart(tx, round, packed);
    return true;
  }

  async function nextOf(tx: Tx, { left, before, top }: Round): Promise<Packed | undefined> {
    const { count, bytes } = await measureParts(tx);
    if (left <= 0 || count >= MAX_COPY_PARTS || bytes > MAX_COPY_BYTES - MAX_PART_OBJECT_BYTES) return undefined;
    const packed = await packNext(tx, { before: before ?? Number.MAX_SAFE_INTEGER, now: clock.now() });
    return packed === undefined || (packed.newest <= top && count >= OLD_PARTS) ? undefined : packed;
  }

  async function writePart(tx: Tx, round: Round, packed: Packed): Promise<void> {
    const stretches = await listStretches(tx);
    const slices: Uint8Array[] = [];
    for (const { shared, rows } of packed.spans)
      slices.push(await sliceOf(tx, rows, { conversation: shared, stretches, now: clock.now() }));
    const bytes = padObject(encodeCopyPart(slices), COPY_OBJECT_LEAST);
    const seed = crypto.random(SEED_BYTES);
    const part = { seed, length: bytes.length, messages: packed.count, newest: packed.newest };
    const id = await insertPart(tx, part, packed.spans, clock.now());
    await saveMeta(tx, ROUND, { ...round, left: round.left - 1, before: packed.oldest } satisfies Round);
    await queue.add(tx, {
      stream: STREAM,
      store: stores.home,
      reference: `${PART} ${id}`,
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
    tx.changed("message-copy");
  }

  async function lost(tx: Tx, id: number): Promise<void> {
    await deletePart(tx, id);
    const round = await find(tx);
    if (round !== undefined) await saveMeta(tx, ROUND, { ...round, before: null } satisfies Round);
  }

  async function list(tx: Tx, at?: BackupPlace): Promise<boolean> {
    const profile = await profiles.get(tx);
    const { generation } = profile.identity;
    const place = at ?? (await placeOfNext(tx, generation));
    if (place === undefined) return false;
    const secret = copySecretFrom(crypto, profile.backup);
    const content = await contentOf(tx, profile);
    const object = sealBackup(crypto, secret, place, encodeCopyList(content), COPY_OBJECT_LEAST);
    await queue.add(tx, {
      stream: STREAM,
      store: stores.home,
      reference: [LIST, place.week, place.n, generation, content.older].join(" "),
      puts: restFirst(sealObject(crypto, backupSeed(crypto, secret, place), FEED, object)),
    });
    tx.changed("message-copy");
    return true;
  }

  async function contentOf(tx: Tx, { card, identity }: Profile): Promise<CopyList> {
    const stored = await listStoredParts(tx);
    return {
      madeAt: now(),
      profile: card.id,
      generation: identity.generation,
      older: await countUncopied(tx, clock.now()),
      parts: stored.map(({ seed, length, messages: count }) => ({ seed, length, count })),
    };
  }

  /** Undefined: this week has all that it may have. */
  async function placeOfNext(tx: Tx, generation: number): Promise<BackupPlace | undefined> {
    const kept = await findMeta<CopyPlace>(tx, PLACE);
    return nextPlace(Math.floor(now() / WEEK_MS), kept?.generation === generation ? kept : undefined);
  }

  return {
    isOpen: async (tx) => (await find(tx)) !== undefined,
    open,
    close: (tx) => deleteMeta(tx, ROUND),
    next,
    list,
    lost,
    place: (tx) => findMeta<CopyPlace>(tx, PLACE),
    savePlace: (tx, place) => saveMeta(tx, PLACE, place),
  };
}
