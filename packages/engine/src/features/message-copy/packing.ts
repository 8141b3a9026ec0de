/** Which lines the next part of the copy holds: the newest that are in none. */
import { MAX_SLICE_MESSAGES } from "@pli/protocol/devices";
import { MAX_PART_SLICES } from "@pli/protocol/recovery";
import type { Tx } from "../../runtime/context.ts";
import { listSpanStarts, listUncopied, type Span, type UncopiedRow } from "./copy-parts.table.ts";

/** What fills a cell and a block, as nearly as can be said before it is encoded. */
const PART_BYTES = 250_000;
const LINE_BYTES = 72;
const PERSON_BYTES = 80;
const SLICE_BYTES = 160;
const MAX_PART_LINES = 4_096;

export interface Packed {
  /** Each with its lines, the oldest first. */
  readonly spans: readonly (Span & { readonly rows: readonly UncopiedRow[] })[];
  readonly count: number;
  readonly newest: number;
  readonly oldest: number;
}

/** Undefined: there is nothing below that place which is in no part. */
export async function packNext(tx: Tx, p: { before: number; now: number }): Promise<Packed | undefined> {
  const rows = fitting(await listUncopied(tx, { ...p, limit: MAX_PART_LINES }));
  const [newest, oldest] = [rows[0], rows.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  const spans = [];
  for (const some of Map.groupBy(rows, ({ conversation }) => conversation).values())
    spans.push(...(await spansOf(tx, some.toReversed())));
  return { spans, count: rows.length, newest: newest.order, oldest: oldest.order };
}

/** As many as a part holds, one at least. */
function fitting(rows: readonly UncopiedRow[]): readonly UncopiedRow[] {
  const perConversation = new Map<string, { lines: number; people: Set<string> }>();
  let bytes = 0;
  let slices = 0;
  const over = rows.findIndex(({ conversation, sender, teller, content, text, actionBytes }) => {
    const known = perConversation.get(conversation) ?? { lines: 0, people: new Set<string>() };
    perConversation.set(conversation, known);
    if (known.lines++ % MAX_SLICE_MESSAGES === 0) slices++;
    const before = known.people.size;
    known.people.add(sender).add(teller);
    bytes +=
      (content?.length ?? text.length * 2) + actionBytes + LINE_BYTES + (known.people.size - before) * PERSON_BYTES;
    return bytes + slices * SLICE_BYTES > PART_BYTES || slices > MAX_PART_SLICES / 2;
  });
  return over < 0 ? rows : rows.slice(0, Math.max(1, over));
}

/** Lines of one conversation, cut where lines of another part stand between, and after 256. */
async function spansOf(tx: Tx, rows: readonly UncopiedRow[]): Promise<Packed["spans"]> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const cuts = await listSpanStarts(tx, first.conversation, first.order, last.order);
  const spans: UncopiedRow[][] = [];
  for (const row of rows) {
    const open = spans.at(-1);
    const before = open?.at(-1);
    const isCut = before !== undefined && cuts.some((cut) => cut > before.order && cut < row.order);
    if (open === undefined || isCut || open.length >= MAX_SLICE_MESSAGES) spans.push([row]);
    else open.push(row);
  }
  return spans.map((some) => ({
    conversation: first.conversation,
    shared: first.shared,
    first: some[0]?.order ?? 0,
    last: some.at(-1)?.order ?? 0,
    rows: some,
  }));
}
