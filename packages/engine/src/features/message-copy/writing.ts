/**
 * The copy of the messages in the home store. A round, once a day: parts for the lines that are in
 * none, then the list of all parts. What of it was to be seen by nobody any more, and what the
 * store is soon to drop, is sealed anew. docs/protocol.md, section 8.3.
 */
import { restFirst } from "@pli/protocol/conversation";
import { padObject, sealObject } from "@pli/protocol/object";
import {
  BACKUPS_A_WEEK,
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeCopyList,
  encodeCopyPart,
  MAX_COPY_BYTES,
  MAX_COPY_PARTS,
  MAX_PART_OBJECT_BYTES,
  sealBackup,
  type BackupPlace,
  type CopyList,
} from "@pli/protocol/recovery";
import { FEED } from "../../delivery/port.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { Kit } from "../../kit.ts";
import type { Profile } from "../../people/profile.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { sliceOf } from "../history/sealing.ts";
import { listStretches } from "../history/past.views.table.ts";
import { WEEK_MS } from "../recovery/writing.ts";
import { isSet } from "../settings/settings.ts";
import { createClaims, type Claim } from "./claim.ts";
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
  saveStored,
} from "./copy-parts.table.ts";
import { packNext, type Packed } from "./packing.ts";

const COPY = "copy";
const STREAM = `${COPY} messages`;
const [ROUND, PLACE, DUE, STRETCHES] = ["copy-round", "copy-place", "copy-due", "copy-stretches"];
const [PART, LIST] = ["part", "list"];
const DAY_MS = 86_400_000;
/** The pause between two rounds is a day and a random part of this. */
const JITTER_MS = 6 * 3_600_000;
/** The first one of a device that nobody turned it on at waits for a random part of this. */
const GATHER_MS = 10 * 60_000;
/** Until the store has said how long it keeps what it has. */
const LEAST_RETENTION_DAYS = 7;
const SEED_BYTES = 32;
/** Parts that one round writes, and of those that are sealed anew because of their age. */
const PARTS_A_ROUND = 256;
const AGED_A_ROUND = 192;
/** Lines that are older than all parts fill only so many: the others are for what is said next. */
const OLD_PARTS = MAX_COPY_PARTS - 32;
/** So many are always free when a round begins. */
const FREE_PARTS = 8;

interface Round {
  /** Parts that it may still write. */
  readonly left: number;
  /** It looks below this place for lines; null: from the newest on. */
  readonly before: number | null;
  /** What is above this place is new, and may use the last parts. */
  readonly top: number;
}

type Place = BackupPlace & { readonly generation: number };

export interface CopyWriting {
  /** Begins a round if it is time for it; otherwise looks again when it is. */
  look(tx: Tx): Promise<void>;
  /** The setting is another. `isHere`: by somebody at this device, who waits for it. */
  turned(tx: Tx, isOn: boolean, isHere: boolean): Promise<void>;
  /**
   * The secret of backups is another: the list is written again, where only the new one finds it.
   */
  renew(tx: Tx): Promise<void>;
  /** A list was found there: what this device writes goes behind it. */
  found(tx: Tx, place: Place): Promise<void>;
  /** A part, or the list, waits for the store. */
  isUnderWay(tx: Tx): Promise<boolean>;
  /** The last copy that this device knows of, and whether it is its own. */
  last(tx: Tx): Promise<(Claim & { readonly isHere: boolean }) | undefined>;
}

/** `mayBegin`: all that was said before is here, as much as there is to be had. */
export function createCopyWriting(kit: Kit, { mayBegin }: { mayBegin(tx: Tx): Promise<boolean> }): CopyWriting {
  const { context, ownDevices, profiles, queue, stores } = kit;
  const { clock, crypto } = context;
  const claims = createClaims(kit, forget);
  let wake: (() => void) | undefined;
  const chance = (): number => fractionFrom(crypto.random(4));

  queue.serve(COPY, {
    streams: async (tx) => ((await findRound(tx)) === undefined ? [] : [{ name: "messages", store: stores.home }]),
    prepare,
    created: async (tx, { reference }) => {
      const [what, ...numbers] = reference.split(" ");
      if (what === PART) await saveStored(tx, Number(numbers[0]), now());
      else await listStored(tx, numbers.map(Number));
    },
    // A part of another seed holds the same lines; a list goes behind the one that is there.
    taken: async (tx, { reference }) => {
      const [what, ...numbers] = reference.split(" ");
      if (what === PART) return lostPart(tx, Number(numbers[0]));
      const [week = 0, n = 0] = numbers.map(Number);
      if (n + 1 < BACKUPS_A_WEEK) await writeList(tx, { week, n: n + 1 });
      else await end(tx);
    },
    refused: async (tx, { reference }) => {
      const [what, id] = reference.split(" ");
      if (what === PART) await deletePart(tx, Number(id));
      await end(tx);
    },
  });
  stores.onReady((address) => {
    if (address === stores.home) context.later(0, look);
  });

  /** By the store's clock: this device's may be years off. Undefined while that is not known. */
  function storeNow(): number | undefined {
    const off = stores.session(stores.home).clockOff();
    return off === undefined ? undefined : clock.now() - off * 1000;
  }
  const now = (): number => Math.floor(storeNow() ?? clock.now());
  const findRound = (tx: Tx): Promise<Round | undefined> => findMeta<Round>(tx, ROUND);
  const retentionMs = (): number => (stores.session(stores.home).retentionDays() ?? LEAST_RETENTION_DAYS) * DAY_MS;

  async function mayWrite(tx: Tx): Promise<boolean> {
    if (context.options.backups === "never" || !(await isSet(tx, "messageCopy"))) return false;
    if ((await profiles.find(tx)) === undefined) return false;
    return (await mayBegin(tx)) && (await claims.isOurs(tx, now()));
  }

  async function look(tx: Tx): Promise<void> {
    const at = storeNow();
    if (at === undefined || !(await mayWrite(tx))) return;
    if ((await findRound(tx)) !== undefined) return queue.wake(tx, STREAM, stores.home);
    const due = await dueAt(tx, at);
    if (due <= at) return begin(tx);
    tx.after(() => {
      wake?.();
      wake = clock.after(due - at, () => context.later(0, look));
    });
  }

  async function dueAt(tx: Tx, at: number): Promise<number> {
    const planned = await findMeta<number>(tx, DUE);
    const place = await findMeta<Place>(tx, PLACE);
    // With the keys of another generation nobody finds the list of before.
    const isMoved = place !== undefined && place.generation !== (await profiles.get(tx)).identity.generation;
    if (isMoved && planned !== undefined && planned > at + GATHER_MS) await deleteMeta(tx, DUE);
    // A time that is far off was planned by another clock.
    else if (planned !== undefined && planned - at <= DAY_MS + JITTER_MS) return planned;
    const due = Math.floor(at + chance() * GATHER_MS);
    await saveMeta(tx, DUE, due);
    return due;
  }

  async function begin(tx: Tx): Promise<void> {
    if (!(await mayWrite(tx)) || (await findRound(tx)) !== undefined) return;
    const last = await claims.find(tx);
    await claims.make(tx, { copiedAt: 0, messages: 0, older: 0, ...last, at: now() });
    await dropSome(tx);
    const top = await findNewestCopied(tx);
    await saveMeta(tx, ROUND, { left: PARTS_A_ROUND, before: null, top } satisfies Round);
    queue.wake(tx, STREAM, stores.home);
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
      ...(await listAged(tx, now() - retentionMs() / 2, AGED_A_ROUND)),
    ];
    for (const id of out) await deletePart(tx, id);
    const { count } = await measureParts(tx);
    if (count <= MAX_COPY_PARTS - FREE_PARTS) return;
    for (const id of await listOldest(tx, count - OLD_PARTS)) await deletePart(tx, id);
  }

  /** The last part is stored: the next one is made, and behind all of them the list. */
  async function prepare(tx: Tx): Promise<"send" | "wait"> {
    const round = await findRound(tx);
    if (round === undefined || (await isUnderWay(tx))) return "send";
    if (!(await mayWrite(tx))) return "wait";
    const packed = await nextOf(tx, round);
    if (packed === undefined) await writeList(tx);
    else await writePart(tx, round, packed);
    return "send";
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

  async function lostPart(tx: Tx, id: number): Promise<void> {
    await deletePart(tx, id);
    const round = await findRound(tx);
    if (round !== undefined) await saveMeta(tx, ROUND, { ...round, before: null } satisfies Round);
  }

  /** All parts are stored. */
  async function writeList(tx: Tx, at?: BackupPlace): Promise<void> {
    const profile = await profiles.get(tx);
    const { generation } = profile.identity;
    const place = at ?? (await nextPlace(tx, generation));
    if (place === undefined) return end(tx);
    const secret = copySecretFrom(crypto, profile.backup);
    const list = await contentOf(tx, profile);
    const content = encodeCopyList(list);
    await queue.add(tx, {
      stream: STREAM,
      store: stores.home,
      reference: [LIST, place.week, place.n, generation, list.older].join(" "),
      puts: restFirst(
        sealObject(
          crypto,
          backupSeed(crypto, secret, place),
          FEED,
          sealBackup(crypto, secret, place, content, COPY_OBJECT_LEAST),
        ),
      ),
    });
    tx.changed("message-copy");
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
  async function nextPlace(tx: Tx, generation: number): Promise<BackupPlace | undefined> {
    const kept = await findMeta<Place>(tx, PLACE);
    const week = Math.floor(now() / WEEK_MS);
    const n = kept?.week === week && kept.generation === generation ? kept.n + 1 : 0;
    return n < BACKUPS_A_WEEK ? { week, n } : undefined;
  }

  async function listStored(tx: Tx, [week = 0, n = 0, generation = 0, older = 0]: readonly number[]): Promise<void> {
    await saveMeta(tx, PLACE, { week, n, generation } satisfies Place);
    // The keys are others by now, and those of before do not count any more.
    if (generation !== (await profiles.get(tx)).identity.generation) return writeList(tx);
    const parts = await listStoredParts(tx);
    const messages = parts.reduce((sum, part) => sum + part.messages, 0);
    await claims.make(tx, { at: now(), copiedAt: now(), messages, older });
    await end(tx);
  }

  /** The next round is tomorrow. */
  async function end(tx: Tx): Promise<void> {
    await deleteMeta(tx, ROUND);
    await saveMeta(tx, DUE, Math.floor(now() + DAY_MS + chance() * JITTER_MS));
    tx.changed("message-copy");
    tx.after(() => context.later(0, look));
  }

  /** Nothing leaves any more, and no seed is kept here. */
  async function forget(tx: Tx): Promise<void> {
    await withdrawItems(tx, STREAM);
    await deleteAllParts(tx);
    await deleteMeta(tx, ROUND);
    await deleteMeta(tx, DUE);
    tx.changed("message-copy");
  }

  const isUnderWay = async (tx: Tx): Promise<boolean> => (await listReferences(tx, STREAM)).length > 0;

  async function turned(tx: Tx, isOn: boolean, isHere: boolean): Promise<void> {
    if (!isOn) return forget(tx);
    if (!isHere) return look(tx);
    const { copiedAt = 0, messages = 0, older = 0 } = (await claims.find(tx)) ?? {};
    await claims.make(tx, { at: now(), copiedAt, messages, older });
    await begin(tx);
  }

  return {
    look,
    turned,
    isUnderWay,
    renew: async (tx) => {
      await withdrawItems(tx, STREAM, (reference) => reference.startsWith(`${LIST} `));
      if ((await findRound(tx)) === undefined) await begin(tx);
      else queue.wake(tx, STREAM, stores.home);
    },
    found: (tx, place) => saveMeta(tx, PLACE, place),
    last: async (tx) => {
      const claim = await claims.find(tx);
      return claim && { ...claim, isHere: claim.device === (await ownDevices.self(tx)) };
    },
  };
}
