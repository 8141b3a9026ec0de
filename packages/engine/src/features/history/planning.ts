/** Which slices a history has: the last day of every conversation first, then the newest first. */
import { MAX_SLICE_MESSAGES, MAX_SLICES } from "@pli/protocol/devices";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import {
  findGiven,
  findNextCursor,
  insertCursor,
  insertSlice,
  listCursors,
  saveCursor,
  savePlan,
  saveTop,
  type Cursor,
  type GivenHistory,
} from "./outgoing.table.ts";
import { listLatePast, listPast, listPastConversations, listStretches, type PastRow } from "./past.views.table.ts";

const DAY_MS = 86_400_000;
/** Slices that are made in one transaction. */
export const SLICES_AT_ONCE = 4;
/** What a slice holds in bytes of messages, so that few cells hold it. */
const SLICE_BYTES = 44_000;
const BESIDE_BYTES = 64;
/** These lines of a conversation come first, however old they are. */
const LEAST_RECENT = 20;
/** A slice has a seed and a length once it is sealed. */
const UNSEALED = { seed: new Uint8Array(0), length: 0 };

/** What there is, as it stands now. Gives the stretches of the order. */
export async function planHistory(tx: Tx, history: string, now: number): Promise<readonly number[]> {
  const conversations = await listPastConversations(tx, now);
  const stretches = await listStretches(tx);
  for (const [place, { id, newest, count }] of conversations.entries())
    await insertCursor(tx, history, { conversation: id, place, newest, isEmpty: count === 0 });
  await savePlan(tx, history, {
    stretches,
    conversations: conversations.filter(({ count }) => count > 0).length,
    messages: conversations.reduce((sum, { count }) => sum + count, 0),
  });
  return stretches;
}

/** Some more slices, unless all are planned. */
export async function planNext(tx: Tx, history: string, now: number): Promise<void> {
  for (let i = 0; i < SLICES_AT_ONCE; i++) {
    const cursor = await findNextCursor(tx, history);
    if (cursor === undefined || ((await findGiven(tx, history))?.next ?? 0) >= MAX_SLICES) return;
    await planSlice(tx, { history, now }, cursor);
  }
}

async function planSlice(
  tx: Tx,
  { history, now }: { history: string; now: number },
  { conversation, before, isRecent }: Cursor & { isRecent: boolean },
): Promise<void> {
  const most = MAX_SLICE_MESSAGES + 1;
  const rows = await listPast(tx, conversation, { from: 0, to: before - 1, now, limit: most });
  const fitting = rows.slice(0, countFitting(rows));
  const some = isRecent ? fitting.slice(0, countRecent(fitting, now)) : fitting;
  const [newest, oldest] = [some[0], some.at(-1)];
  if (newest === undefined || oldest === undefined)
    return saveCursor(tx, history, conversation, { before, isRecentTold: true, isOver: true });
  const isOver = some.length === rows.length;
  const isRecentTold = !isRecent || some.length < fitting.length || isOver;
  const place = { conversation, first: oldest.order, last: newest.order, count: some.length };
  await insertSlice(tx, history, { ...place, ...UNSEALED, isRecent, isLast: isOver });
  await saveCursor(tx, history, conversation, { before: oldest.order, isRecentTold, isOver });
}

/**
 * What was said in conversations while the device was on its way in, and which it cannot open, in
 * further slices.
 */
export async function planLate(
  tx: Tx,
  { clock, epochRoles, epochs }: Pick<Context, "clock"> & { epochRoles: EpochRoles; epochs: Epochs },
  given: GivenHistory,
): Promise<void> {
  for (const { conversation, top } of await listCursors(tx, given.history)) {
    const held = await epochs.current(tx, conversation);
    const seats = held === undefined ? [] : [...epochRoles.seats(held).values()];
    if (held === undefined || !seats.some(({ device }) => device === given.device)) continue;
    const late = await listLatePast(tx, conversation, { after: top, before: held.id, now: clock.now() });
    for (let i = 0; i < late.length; i += MAX_SLICE_MESSAGES) {
      const [first = 0, ...rest] = late.slice(i, i + MAX_SLICE_MESSAGES);
      const place = { conversation, first, last: rest.at(-1) ?? first, count: rest.length + 1 };
      await insertSlice(tx, given.history, { ...place, ...UNSEALED, isRecent: false, isLast: false });
    }
    const newest = late.at(-1);
    if (newest !== undefined) await saveTop(tx, given.history, conversation, newest);
  }
}

/** As many of them as one slice holds, one at least. */
function countFitting(rows: readonly PastRow[]): number {
  let bytes = 0;
  const over = rows.findIndex(
    ({ content, text, actionBytes }) =>
      (bytes += (content?.length ?? text.length * 2) + actionBytes + BESIDE_BYTES) > SLICE_BYTES,
  );
  return Math.min(MAX_SLICE_MESSAGES, over < 0 ? rows.length : Math.max(1, over));
}

/** As many of them as come first. */
function countRecent(rows: readonly PastRow[], now: number): number {
  const old = rows.findIndex(({ sentAt }, i) => i >= LEAST_RECENT && sentAt < now - DAY_MS);
  return old < 0 ? rows.length : old;
}
