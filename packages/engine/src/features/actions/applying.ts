/**
 * What somebody did with a message takes effect here. The outcome is the same on every device in
 * whatever order things come: of an author the newest counts, by the time they gave and then by a
 * hash, and a deletion is for good. What comes before its message waits for it, within bounds.
 */
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteUnsealedAction } from "../../epochs/pending-contents.table.ts";
import { findSelfEntry } from "../../people/self-entries.table.ts";
import { eraseMessage } from "../messages/erasing.ts";
import { textOf } from "../messages/lines.ts";
import { findLine, insertMessage, rewriteLine, rewriteText, type FullLine } from "../messages/messages.table.ts";
import {
  boundWaiting,
  deleteOlder,
  findNewest,
  insertAction,
  isGone,
  listDeleters,
  takeWaiting,
  type Action,
} from "./actions.table.ts";
import { idNow, setStar } from "./links.table.ts";
import { findNameOf } from "./actions.views.table.ts";

type Kit = Pick<Context, "crypto" | "clock">;

/** What waits for messages that are not here, of one author in one conversation. */
const MAX_WAITING = 100;
/** Of one text, beside what it said first. */
const MAX_VERSIONS = 20;

/** Somebody who might do so in the conversation has done this. */
export async function takeAction(kit: Kit, tx: Tx, told: Action): Promise<void> {
  const action = { ...told, target: await idNow(tx, told.conversation, told.target) };
  const line = await findLine(tx, action.conversation, action.target);
  if (line !== undefined) return apply(kit, tx, line, action);
  if (await isGone(tx, action.conversation, action.target)) return;
  await keepNewest(tx, action, true);
  await boundWaiting(tx, action.conversation, action.author, MAX_WAITING);
}

/** A message has come: what waited for it takes effect, and it may be starred already. */
export async function settleActions(kit: Kit, tx: Tx, conversation: string, message: string): Promise<void> {
  for (const action of await takeWaiting(tx, conversation, message)) {
    const line = await findLine(tx, conversation, message);
    if (line !== undefined) await apply(kit, tx, line, action);
  }
  const star = await findSelfEntry(tx, `star/${message}`);
  if (star?.value[0] === 1) await setStar(tx, conversation, message, true);
}

async function apply(kit: Kit, tx: Tx, line: FullLine, action: Action): Promise<void> {
  if (action.kind === "deletion") await remove(kit, tx, line, action);
  else if (action.kind === "edit") await edit(tx, line, action);
  else if (line.kind === "text" || line.kind === "unknown") await keepNewest(tx, action, false);
  tx.changed(`messages:${line.conversation}`, "conversations");
}

/** False: a newer one, or the same, is here. */
async function keepNewest(tx: Tx, action: Action, waits: boolean): Promise<void> {
  const before = await findNewest(tx, action);
  if (before !== undefined && !isLater(action, before)) return;
  if (before?.mine === true) await deleteUnsealedAction(tx, before.id);
  await insertAction(tx, action, waits);
  await deleteOlder(tx, action, 1);
}

const isLater = (one: Action, other: Action): boolean =>
  one.sentAt > other.sentAt || (one.sentAt === other.sentAt && one.id > other.id);

/** Only its author says a text otherwise. */
async function edit(tx: Tx, line: FullLine, action: Action): Promise<void> {
  if (line.kind !== "text" || line.sender !== action.author) return;
  const first = { ...action, id: line.id, value: line.text, content: undefined, sentAt: -1, cameAt: line.sentAt };
  if ((await findNewest(tx, action)) === undefined) await insertAction(tx, first, false);
  if (!(await insertAction(tx, action, false))) return;
  await deleteOlder(tx, action, MAX_VERSIONS);
  const now = await findNewest(tx, action);
  if (now !== undefined && now.value !== line.text) await rewriteText(tx, line.order, now.value);
}

/** Its author deletes it, or who leads the group. Nothing of it stays but a line that says so. */
async function remove(kit: Kit, tx: Tx, line: FullLine, action: Action): Promise<void> {
  if (line.kind !== "text" && line.kind !== "unknown" && line.kind !== "deleted") return;
  if (action.author !== line.sender && !action.leads) return;
  await insertAction(tx, action, false);
  const by = (await listDeleters(tx, line.conversation, line.id)).toSorted(
    (one, other) => Number(other === line.sender) - Number(one === line.sender),
  )[0];
  const text = textOf({
    kind: "deleted",
    ...(by !== undefined && by !== line.sender && { by: { id: by, name: await findNameOf(tx, by) } }),
  });
  if (line.kind === "deleted") return rewriteLine(tx, line.conversation, line.id, text);
  await putTombstone(kit, tx, line, text);
}

/** A line says in place of a message that it was deleted. `text`: as `textOf` gives it. */
export async function putTombstone(kit: Kit, tx: Tx, line: FullLine, text: string): Promise<void> {
  await eraseMessage(kit, tx, line, "deletion");
  const { id, order, conversation, sender, mine, sentAt, expiresAt, lifetime } = line;
  const state = mine ? "sent" : "received";
  const tombstone = { id, order, conversation, sender, mine, kind: "deleted", text, sentAt, state, lifetime } as const;
  await insertMessage(tx, tombstone, expiresAt);
}
