import { type Block, type Cell, type Entry, feedOf, type Label, labelKey, type Request } from "@pli/protocol/wire";

export type Put = Extract<Request, { type: "put" | "putBlock" }>;

interface Feed {
  oldest: number;
  readonly entries: Entry[];
}

/** The write-once table of a store, and its feeds (section 3). */
export class MemoryTable {
  readonly cells = new Map<string, Cell>();
  readonly blocks = new Map<string, Block>();
  readonly #feeds = new Map<number, Feed>();

  constructor(feeds: readonly number[]) {
    for (const feed of feeds) this.#feeds.set(feed, { oldest: 0, entries: [] });
  }

  /**
   * The table as it is at this moment: what is put into either later does not show in the other.
   */
  copy(): MemoryTable {
    const copy = new MemoryTable([]);
    for (const [key, cell] of this.cells) copy.cells.set(key, cell);
    for (const [key, block] of this.blocks) copy.blocks.set(key, block);
    for (const [feed, { oldest, entries }] of this.#feeds) copy.#feeds.set(feed, { oldest, entries: [...entries] });
    return copy;
  }

  /** The entry is there when a new cell joined its feed. */
  put(request: Put): { outcome: "created" | "taken"; entry?: Entry } | undefined {
    const feed = this.#feeds.get(feedOf(request.label));
    if (feed === undefined) return undefined;
    const label = request.label.slice() as Label;
    if (request.type === "putBlock") return { outcome: putOnce(this.blocks, label, request.block).outcome };
    const { outcome, fresh } = putOnce(this.cells, label, request.cell);
    if (fresh === undefined) return { outcome };
    const entry = { label, cell: fresh };
    feed.entries.push(entry);
    return { outcome, entry };
  }

  /** What a reader of the feed finds, or undefined for an unknown feed. */
  range(feed: number): { oldest: number; next: number } | undefined {
    const found = this.#feeds.get(feed);
    return found && { oldest: found.oldest, next: found.oldest + found.entries.length };
  }

  /** At most `count` entries from a position that is not expired. */
  read(feed: number, from: number, count: number): Entry[] {
    const found = this.#feeds.get(feed);
    return found?.entries.slice(from - found.oldest, from - found.oldest + count) ?? [];
  }

  /** Retention: everything before `position` leaves the feed and the table. */
  expireBefore(feed: number, position: number): void {
    const found = this.#feeds.get(feed);
    if (found === undefined) return;
    const gone = found.entries.splice(0, Math.max(0, position - found.oldest));
    for (const { label } of gone) this.cells.delete(labelKey(label));
    found.oldest += gone.length;
  }
}

function putOnce<T extends Uint8Array>(
  table: Map<string, T>,
  label: Label,
  bytes: T,
): { outcome: "created" | "taken"; fresh?: T } {
  const known = table.get(labelKey(label));
  if (known === undefined) {
    const fresh = bytes.slice() as T;
    table.set(labelKey(label), fresh);
    return { outcome: "created", fresh };
  }
  return { outcome: known.every((byte, index) => byte === bytes[index]) ? "created" : "taken" };
}
