/** A slice of the messages here, as another own device is to have it, or the copy in the store. */
import {
  encodePastSlice,
  type PastEnding,
  type PastNote,
  type PastSlice,
  type PastText,
  type PastTold,
} from "@pli/protocol/devices";
import { idBytes } from "../../epochs/conversations.ts";
import type { Tx } from "../../runtime/context.ts";
import { findPerson } from "../group/people.table.ts";
import { bodyFrom } from "../messages/lines.ts";
import { toldOrder } from "./orders.ts";
import type { PastRow } from "./past.views.table.ts";

/**
 * Lines of a conversation, the oldest first, encoded. `stretches`: of the order.
 */
export async function sliceOf(
  tx: Tx,
  rows: readonly PastRow[],
  p: { readonly conversation: Uint8Array; readonly stretches: readonly number[]; readonly now: number },
): Promise<Uint8Array> {
  const ids = [...new Set(rows.flatMap(({ sender, teller }) => [sender, teller]))].filter((id) => id !== "");
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
  return encodePastSlice({ conversation: p.conversation, people, texts, notes, endings, told });
}

const isWritten = ({ kind }: PastRow): boolean => kind === "text" || kind === "unknown";

/** What has not left yet leaves by itself: the other device hears of it then. */
const stateOf = ({ state }: PastRow): PastText["state"] =>
  state === "delivered" || state === "read" || state === "failed" || state === "received" ? state : "sent";
