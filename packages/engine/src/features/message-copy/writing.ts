/**
 * When the copy of the messages is written, and by which device: a round once a day, whether or not
 * something was said. docs/protocol.md, section 8.3.
 */
import { placeBehind } from "@pli/protocol/recovery";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { Kit } from "../../kit.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Tx } from "../../runtime/context.ts";
import { createOneWait } from "../../runtime/one-wait.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { createStoreTime } from "../recovery/store-time.ts";
import { isSet } from "../settings/settings.ts";
import { createClaims, type Claim } from "./claim.ts";
import { deleteAllParts, deletePart, listStoredParts, saveStored } from "./copy-parts.table.ts";
import { COPY, createRounds, LIST, PART, STREAM, type CopyPlace } from "./round.ts";

const DUE = "copy-due";
const DAY_MS = 86_400_000;
/** The pause between two rounds is a day and a random part of this. */
const JITTER_MS = 6 * 3_600_000;
/** The first one of a device that nobody turned it on at waits for a random part of this. */
const GATHER_MS = 10 * 60_000;

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
  found(tx: Tx, place: CopyPlace): Promise<void>;
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
  const rounds = createRounds(kit, now);
  const time = createStoreTime(kit);
  const lookIn = createOneWait(context, look);
  const chance = (): number => fractionFrom(crypto.random(4));

  queue.serve(COPY, {
    streams: async (tx) => ((await rounds.isOpen(tx)) ? [{ name: "messages", store: stores.home }] : []),
    prepare,
    created: async (tx, { reference }) => {
      const [what, ...numbers] = reference.split(" ");
      if (what === PART) await saveStored(tx, Number(numbers[0]), now());
      else await listStored(tx, numbers.map(Number));
    },
    // A part of another seed holds the same lines; a list goes behind the one that is there.
    taken: async (tx, { reference }) => {
      const [what, ...numbers] = reference.split(" ");
      if (what === PART) return rounds.lost(tx, Number(numbers[0]));
      const [week = 0, n = 0] = numbers.map(Number);
      const place = placeBehind({ week, n });
      if (place === undefined) await end(tx);
      else await rounds.list(tx, place);
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

  function now(): number {
    return Math.floor(time.now() ?? clock.now());
  }

  async function mayWrite(tx: Tx): Promise<boolean> {
    if (context.options.backups === "never" || !(await isSet(tx, "messageCopy"))) return false;
    if ((await profiles.find(tx)) === undefined) return false;
    return (await mayBegin(tx)) && (await claims.isOurs(tx, now()));
  }

  async function look(tx: Tx): Promise<void> {
    const at = time.now();
    if (at === undefined || !(await mayWrite(tx))) return;
    if (await rounds.isOpen(tx)) return queue.wake(tx, STREAM, stores.home);
    const due = await dueAt(tx, at);
    if (due <= at) return begin(tx);
    tx.after(() => lookIn(due - at));
  }

  async function dueAt(tx: Tx, at: number): Promise<number> {
    const planned = await findMeta<number>(tx, DUE);
    const place = await rounds.place(tx);
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
    if (!(await mayWrite(tx)) || (await rounds.isOpen(tx))) return;
    const last = await claims.find(tx);
    await claims.make(tx, { copiedAt: 0, messages: 0, older: 0, ...last, at: now() });
    await rounds.open(tx);
    queue.wake(tx, STREAM, stores.home);
  }

  /** The last part is stored: the next one is made, and behind all of them the list. */
  async function prepare(tx: Tx): Promise<"send" | "wait"> {
    if (!(await rounds.isOpen(tx)) || (await isUnderWay(tx))) return "send";
    if (!(await mayWrite(tx))) return "wait";
    if (!(await rounds.next(tx))) await end(tx);
    return "send";
  }

  async function listStored(tx: Tx, [week = 0, n = 0, generation = 0, older = 0]: readonly number[]): Promise<void> {
    await rounds.savePlace(tx, { week, n, generation });
    // It was on its way when the copy was turned off, or another device began to write.
    if (!(await rounds.isOpen(tx))) return claims.extend(tx, now());
    const isMoved = generation !== (await profiles.get(tx)).identity.generation;
    if (isMoved && (await rounds.list(tx))) return;
    const parts = await listStoredParts(tx);
    const messages = parts.reduce((sum, part) => sum + part.messages, 0);
    await claims.make(tx, { at: now(), copiedAt: now(), messages, older });
    await end(tx);
  }

  /** The next round is tomorrow. */
  async function end(tx: Tx): Promise<void> {
    await rounds.close(tx);
    await saveMeta(tx, DUE, Math.floor(now() + DAY_MS + chance() * JITTER_MS));
    tx.changed("message-copy");
    tx.after(() => context.later(0, look));
  }

  /** Nothing leaves any more, and no seed is kept here. */
  async function forget(tx: Tx): Promise<void> {
    await withdrawItems(tx, STREAM);
    await deleteAllParts(tx);
    await rounds.close(tx);
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
      if (await rounds.isOpen(tx)) queue.wake(tx, STREAM, stores.home);
      else await begin(tx);
    },
    found: (tx, place) => rounds.savePlace(tx, place),
    last: async (tx) => {
      const claim = await claims.find(tx);
      return claim && { ...claim, isHere: claim.device === (await ownDevices.self(tx)) };
    },
  };
}
