/**
 * Gives another own device the messages of before, when it asks: the last day of every conversation
 * first, then the newest first. A slice is sealed once, under a seed of its own, and told when the
 * store has it; all that is to be done stands in the tables, so a stop loses nothing.
 */
import { MAX_SLICE_MESSAGES, parseHistoryDone, parseHistoryWanted } from "@pli/protocol/devices";
import { restFirst } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { padObject, sealObject } from "@pli/protocol/object";
import { FEED } from "../../delivery/port.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { Said } from "../../epochs/contents.ts";
import { findConversation, findSelfConversation } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { OwnTalk } from "../devices/own-talk.ts";
import {
  deleteGiven,
  findGiven,
  insertGiven,
  listGiven,
  listSlices,
  saveEndTold,
  saveGivenDone,
  saveSealed,
  saveSliceStates,
  saveStored,
  type GivenSlice,
} from "./outgoing.table.ts";
import { listPast } from "./past.views.table.ts";
import { planHistory, planLate, planNext, SLICES_AT_ONCE } from "./planning.ts";
import { sliceOf } from "./sealing.ts";
import { tellStored } from "./telling.ts";

/** The streams of the send queue in which slices leave. */
export const HISTORY = "history";
const SEED_BYTES = 32;
const DAY_MS = 86_400_000;
/** A device that never says that it has all is given up. */
const KEPT_MS = 31 * DAY_MS;
const LATE_MS = 2_000;

export interface Giving {
  /** Another own device asks for the messages of before, or for slices again. */
  wanted(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  /** It has all of it. */
  done(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  /** A commit may have brought a device in: it hears what came just before, too. */
  entered(): void;
  tick(tx: Tx): Promise<void>;
}

/** `isWaiting`: this device is being given a history itself. */
export function createGiving(
  kit: Kit,
  { talk, isWaiting }: { talk: OwnTalk; isWaiting(tx: Tx): Promise<boolean> },
): Giving {
  const { context, epochRoles, epochs, ownDevices, queue } = kit;
  const { clock, crypto } = context;
  let isLookingLate = false;

  queue.serve(HISTORY, {
    streams: async (tx) => {
      const self = await findSelfConversation(tx);
      if (self === undefined) return [];
      return (await listGiven(tx)).map(({ history }) => ({ name: history, store: self.store }));
    },
    prepare,
    created: async (tx, { name, reference }) => {
      await saveStored(tx, name, Number(reference));
      tx.changed("history");
    },
    // A label that is taken, or never will be: the slice is sealed again, under others.
    taken: (tx, { name, reference }) => saveSliceStates(tx, name, "queued", "planned", { only: [Number(reference)] }),
    refused: (tx, { name, reference }) => saveSliceStates(tx, name, "queued", "planned", { only: [Number(reference)] }),
  });

  async function wanted(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const asked = parseHistoryWanted(body);
    const by = epochRoles.deviceAt(held, leaf);
    if (asked === undefined || by === undefined || toHex(asked.from) !== (await ownDevices.self(tx))) return;
    if (!(await ownDevices.others(tx)).includes(by)) return;
    const history = toHex(asked.history);
    const before = await findGiven(tx, history);
    if (before === undefined) await begin(tx, history, by);
    else if (before.device === by && before.doneAt === undefined) {
      await saveSliceStates(tx, history, "told", "planned", { only: asked.missing });
      await saveSliceStates(tx, history, "told", "stored", { behind: asked.next });
      await saveEndTold(tx, history, false);
    }
    await wake(tx, history);
    tx.changed("history");
  }

  /** A device has one history at a time: it asks for another where that one leads nowhere. */
  async function begin(tx: Tx, history: string, device: string): Promise<void> {
    for (const other of await listGiven(tx)) if (other.device === device) await end(tx, other.history);
    await insertGiven(tx, history, device, clock.now());
  }

  async function end(tx: Tx, history: string): Promise<void> {
    await withdrawItems(tx, `${HISTORY} ${history}`);
    await deleteGiven(tx, history);
    tx.changed("history");
  }

  async function wake(tx: Tx, history: string): Promise<void> {
    const self = await findSelfConversation(tx);
    if (self !== undefined) queue.wake(tx, `${HISTORY} ${history}`, self.store);
  }

  /** The last ones are stored: the other hears of them, and the next are made. */
  async function prepare(tx: Tx, name: string): Promise<"send" | "wait"> {
    const given = await findGiven(tx, name);
    const waiting = new Set((await listReferences(tx, `${HISTORY} ${name}`)).map(Number));
    if (given === undefined || waiting.size > 0) return "send";
    if ((await isWaiting(tx)) || !(await ownDevices.others(tx)).includes(given.device)) return "wait";
    // What was queued and is neither there nor stored was lost with the queue.
    await saveSliceStates(tx, name, "queued", "planned");
    const stretches = given.stretches ?? (await planHistory(tx, name, clock.now()));
    if ((await listSlices(tx, name, "planned", 1)).length === 0) await planNext(tx, name, clock.now());
    const planned = await listSlices(tx, name, "planned", SLICES_AT_ONCE);
    for (const slice of planned) await make(tx, name, slice, stretches);
    if (await tellStored(tx, talk, name, planned.length === 0)) await wake(tx, name);
    return "send";
  }

  /**
   * Sealed under a new seed, always: one seed seals one object, and some of it may be gone by now.
   */
  async function make(tx: Tx, history: string, slice: GivenSlice, stretches: readonly number[]): Promise<void> {
    const { n, conversation, first, last } = slice;
    const self = (await findSelfConversation(tx)) ?? damaged("own conversation");
    const now = clock.now();
    const rows = await listPast(tx, conversation, { from: first, to: last, now, limit: MAX_SLICE_MESSAGES });
    const { shared = new Uint8Array(32) } = (await findConversation(tx, conversation)) ?? {};
    const encoded = await sliceOf(tx, rows.toReversed(), { conversation: shared, stretches, now });
    // Padded, so that its length tells little.
    const bytes = padObject(encoded);
    const seed = crypto.random(SEED_BYTES);
    await saveSealed(tx, history, n, { seed, length: bytes.length, count: Math.max(1, rows.length) });
    await queue.add(tx, {
      stream: `${HISTORY} ${history}`,
      store: self.store,
      reference: String(n),
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
  }

  async function done(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const history = parseHistoryDone(body);
    const given = history && (await findGiven(tx, toHex(history)));
    if (given === undefined || given.device !== epochRoles.deviceAt(held, leaf)) return;
    if (given.doneAt === undefined) await saveGivenDone(tx, given.history, clock.now());
    tx.changed("history");
  }

  function entered(): void {
    if (isLookingLate) return;
    isLookingLate = true;
    context.later(LATE_MS, async (tx) => {
      isLookingLate = false;
      await lookLate(tx);
    });
  }

  async function lookLate(tx: Tx): Promise<void> {
    for (const given of await listGiven(tx)) {
      if (given.stretches === undefined || clock.since(given.since) > DAY_MS) continue;
      await planLate(tx, { clock, epochRoles, epochs }, given);
      await wake(tx, given.history);
    }
  }

  async function tick(tx: Tx): Promise<void> {
    const others = await ownDevices.others(tx);
    for (const { history, device, since, doneAt } of await listGiven(tx)) {
      const isOver = doneAt !== undefined && clock.since(doneAt) > DAY_MS;
      if (isOver || !others.includes(device) || clock.since(since) > KEPT_MS) await end(tx, history);
    }
    await lookLate(tx);
  }

  return { wanted, done, entered, tick };
}
