import { objectReader, type ChunkName } from "@pli/protocol/object";
import { labelKey, type Block, type Cell, type Label } from "@pli/protocol/wire";
import type { Context } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { Link } from "../store/link.ts";

/** The feed everybody uses until a store has several. */
export const FEED = 0;
/** The newest cells of the feed, kept so that what follows a first chunk need not be asked for: 4 MiB. */
const RECENT = 1024;
const RETRY_MS = 5_000;

export type ObjectAnswer =
  | { readonly type: "object"; readonly bytes: Uint8Array }
  | { readonly type: "absent" }
  | { readonly type: "broken" };

/** Getting from one store what its feed did not bring. */
export interface Fetching {
  /** A cell of the feed, for `fetchObject`. */
  noteRecent(label: Label, cell: Cell): void;
  /** `progressed` hears of the bytes of each chunk. */
  fetchObject(seed: Uint8Array, maxBytes: number, progressed?: (bytes: number) => void): Promise<ObjectAnswer>;
  /** Does `work` until the store lets it finish, over as many lines as it takes. Rejects with `engine_gone` at the end. */
  whenOnline<T>(work: () => Promise<T>): Promise<T>;
  /** The line came up. */
  online(): void;
  /** What waits for the line rejects with `engine_gone`. */
  close(): void;
}

export function createFetching(context: Context, link: () => Link): Fetching {
  const { clock, crypto } = context;
  const recent = new Map<string, Cell>();
  const waiters = new Set<() => void>();
  let closed = false;

  async function fetchChunk(chunk: ChunkName): Promise<Cell | Block | undefined> {
    if (chunk.kind === "block") return link().getBlock(chunk.label);
    return recent.get(labelKey(chunk.label)) ?? link().get(chunk.label);
  }

  async function fetchObject(
    seed: Uint8Array,
    maxBytes: number,
    progressed: (bytes: number) => void = () => undefined,
  ): Promise<ObjectAnswer> {
    const reader = objectReader(crypto, seed, FEED, maxBytes);
    let wanted: readonly ChunkName[] = [reader.first];
    for (;;) {
      const chunks = await Promise.all(
        wanted.map(async (chunk) => {
          const bytes = await fetchChunk(chunk);
          progressed(bytes?.length ?? 0);
          return { ...chunk, bytes };
        }),
      );
      wanted = [];
      for (const { kind, label, bytes } of chunks) {
        if (bytes === undefined) return { type: "absent" };
        const progress = reader.accept(kind, label, bytes);
        // What the feed showed there may be wrong: the store is asked before anything is given up.
        if (!progress.ok && recent.delete(labelKey(label))) return fetchObject(seed, maxBytes, progressed);
        if (!progress.ok) return { type: "broken" };
        if ("done" in progress.value) return { type: "object", bytes: progress.value.done };
        if (progress.value.wanted.length > 0) wanted = progress.value.wanted;
      }
      if (wanted.length === 0) return { type: "broken" };
    }
  }

  async function whenOnline<T>(work: () => Promise<T>): Promise<T> {
    while (!clock.closed && !closed) {
      if (link().state().state !== "online") {
        await new Promise<void>((resolve) => waiters.add(resolve));
        continue;
      }
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PliError)) throw error;
        if (link().state().state === "online") await clock.pause(RETRY_MS);
      }
    }
    throw new PliError("engine_gone");
  }

  function online(): void {
    for (const waiter of waiters) waiter();
    waiters.clear();
  }

  return {
    noteRecent: (label, cell) => {
      recent.set(labelKey(label), cell);
      const oldest = recent.keys().next();
      if (recent.size > RECENT && oldest.done !== true) recent.delete(oldest.value);
    },
    fetchObject,
    whenOnline,
    online,
    close: () => {
      closed = true;
      online();
    },
  };
}
