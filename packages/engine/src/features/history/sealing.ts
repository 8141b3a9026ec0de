/** A slice of the messages here, as another own device is to have it, or the copy in the store. */
import {
  encodePastSlice,
  MAX_SLICE_ACTIONS,
  MAX_SLICE_PEOPLE,
  type PastAction,
  type PastEnding,
  type PastNote,
  type PastSlice,
  type PastText,
  type PastTold,
} from "@pli/protocol/devices";
import { idBytes } from "../../epochs/conversations.ts";
import type { Tx } from "../../runtime/context.ts";
import { findPerson } from "../group/people.table.ts";
import { listContentsAt } from "../actions/actions.table.ts";
import { bodyFrom } from "../messages/lines.ts";
import { toldOrder } from "./orders.ts";
import type { PastRow } from "./past.views.table.ts";

/**
 * Lines of one conversation, the oldest first, with what was done with them, encoded. `stretches`:
 * of the order.
 */
export async function sliceOf(
  tx: Tx,
  rows: readonly PastRow[],
  p: { readonly conversation: Uint8Array; readonly stretches: readonly number[]; readonly now: number },
): Promise<Uint8Array> {
  const ids = [...new Set(rows.flatMap(({ sender, teller }) => [sender, teller]))].filter((id) => id !== "");
  const done = await actionsAt(tx, rows, ids);
  const indexOf = (id: string): number => (id === "" ? ids.length : ids.indexOf(id));
  const people: PastSlice["people"][number][] = [];
  for (const id of ids) people.push({ id: idBytes(id), name: (await findPerson(tx, id))?.name ?? "" });
  const texts: PastText[] = [];
  const notes: PastNote[] = [];
  const endings: PastEnding[] = [];
  const told: PastTold[] = [];
  for (const row of rows) {
    const order = toldOrder(p.stretches, row.order);
    const from = indexOf(row.sender);
    if (row.content === undefined || !isWritten(row)) {
      const line = JSON.stringify(bodyFrom(row.kind, row.text, false));
      notes.push({ order, id: row.id, at: row.sentAt, from, line });
      continue;
    }
    texts.push({ order, from, state: stateOf(row), content: row.content });
    if (row.teller !== "") told.push({ order, by: indexOf(row.teller) });
    if (row.lifetime !== undefined)
      endings.push({ order, lifetime: row.lifetime, endsAt: row.endsAt ?? p.now + row.lifetime * 1000 });
  }
  const actions = done.map(({ author, content }): PastAction => ({ from: indexOf(author), content }));
  return encodePastSlice({ conversation: p.conversation, people, texts, notes, endings, told, actions });
}

/** What was done with these lines. Adds the authors to `ids`, as many as a slice names. */
async function actionsAt(
  tx: Tx,
  rows: readonly PastRow[],
  ids: string[],
): Promise<{ author: string; content: Uint8Array }[]> {
  const actions: { author: string; content: Uint8Array }[] = [];
  for (const { id, conversation, actionBytes } of rows) {
    if (actionBytes === 0) continue;
    for (const action of await listContentsAt(tx, conversation, id)) {
      const isKnown = ids.includes(action.author);
      if (actions.length >= MAX_SLICE_ACTIONS || (!isKnown && ids.length >= MAX_SLICE_PEOPLE)) continue;
      if (!isKnown) ids.push(action.author);
      actions.push(action);
    }
  }
  return actions;
}

const isWritten = ({ kind }: PastRow): boolean => kind === "text" || kind === "unknown";

/** What has not left yet leaves by itself: the other device hears of it then. */
const stateOf = ({ state }: PastRow): PastText["state"] =>
  state === "delivered" || state === "read" || state === "failed" || state === "received" ? state : "sent";
