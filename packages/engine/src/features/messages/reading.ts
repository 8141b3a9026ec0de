/** What of a conversation is read: up to one of its lines. */
import { getReadOrder, saveReadOrder } from "../../epochs/conversations.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { isUnread } from "./lines.ts";
import { listLines, type KeptLine } from "./messages.table.ts";

const MARKED_AT_ONCE = 1_000;

/** Marks at most a thousand lines, so that nothing else waits for long, and gives them. */
export async function readSome(
  tx: Tx,
  id: string,
  upTo: number,
): Promise<{ readonly passed: readonly KeptLine[]; readonly isMore: boolean }> {
  const passed = await listLines(tx, id, { behind: await getReadOrder(tx, id), upTo, limit: MARKED_AT_ONCE });
  const last = passed.at(-1);
  if (last === undefined) return { passed, isMore: false };
  const counted = passed.filter(({ mine, kind }) => !mine && isUnread(kind)).length;
  await saveReadOrder(tx, id, last.order, counted);
  return { passed, isMore: passed.length === MARKED_AT_ONCE };
}

/** Another device of this person has read so far: it has said so to the authors. */
export async function readElsewhere(tx: Tx, id: string, upTo: number): Promise<void> {
  while ((await readSome(tx, id, upTo)).isMore);
}
