import { objectReader, type ChunkName } from "@pli/protocol/object";
import type { Block, Cell, Label } from "@pli/protocol/wire";
import type { Context } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { FEED, type Delivery, type GetOptions, type ObjectAnswer, type ObjectPlace } from "../port.ts";
import type { Link } from "../store/link.ts";
import type { Recent } from "./recent.ts";

const RETRY_MS = 5_000;

/** Getting from one store what its feed did not bring. */
export interface Fetching {
  readonly get: Delivery["get"];
  /** A cell that the feed has only named is got. */
  getNamed(label: Label): Promise<Cell | undefined>;
  /** The line came up. */
  online(): void;
  /** The feed has shown again what this device had read before it was started. */
  shown(): void;
  /** What waits for the line rejects with `engine_gone`. */
  close(): void;
}

export function createFetching(context: Context, deps: { recent: Recent; link(): Link }): Fetching {
  const { clock, crypto } = context;
  const { recent, link } = deps;
  const waiters = new Set<() => void>();
  let isShown = false;
  let closed = false;

  async function cellAt(label: Label): Promise<Cell | undefined> {
    while (!isShown && !clock.closed && !closed) await nextChange();
    if (clock.closed || closed) throw new PliError("engine_gone");
    const found = recent.find(label);
    return found === "named" ? whenOnline(() => getNamed(label)) : found;
  }

  async function getNamed(label: Label): Promise<Cell | undefined> {
    const cell = await link().get(label);
    if (cell !== undefined) recent.got(label, cell);
    return cell;
  }

  async function fetchChunk({ kind, label }: ChunkName, feedOnly: boolean): Promise<Cell | Block | undefined> {
    if (kind === "block") return link().getBlock(label);
    const found = recent.findGot(label);
    if (found === undefined && feedOnly) return undefined;
    return found === undefined || found === "named" ? link().get(label) : found;
  }

  async function objectAt(place: ObjectPlace, how: GetOptions = {}): Promise<ObjectAnswer> {
    const { seed, maxBytes } = place;
    const { feedOnly = false, progressed = () => undefined } = how;
    const reader = objectReader(crypto, seed, FEED, maxBytes);
    let wanted: readonly ChunkName[] = [reader.first];
    for (;;) {
      const chunks = await Promise.all(
        wanted.map(async (chunk) => {
          const bytes = await fetchChunk(chunk, feedOnly && chunk === reader.first);
          progressed(bytes?.length ?? 0);
          return { ...chunk, bytes };
        }),
      );
      wanted = [];
      for (const { kind, label, bytes } of chunks) {
        if (bytes === undefined) return { type: "absent" };
        const progress = reader.accept(kind, label, bytes);
        // What the feed itself showed is what everybody sees: it is not asked for again, or the
        // store would learn who wanted it.
        if (!progress.ok && recent.forgetGot(label)) return objectAt(place, how);
        if (!progress.ok) return { type: "broken" };
        if ("done" in progress.value) return { type: "object", bytes: progress.value.done };
        if (progress.value.wanted.length > 0) wanted = progress.value.wanted;
      }
      if (wanted.length === 0) return { type: "broken" };
    }
  }

  /**
   * Does `work` until the store lets it finish, over as many lines as it takes. Rejects with
   * `engine_gone` at the end.
   */
  async function whenOnline<T>(work: () => Promise<T>): Promise<T> {
    while (!clock.closed && !closed) {
      if (link().reach().state !== "online") {
        await nextChange();
        continue;
      }
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PliError)) throw error;
        if (link().reach().state === "online") await clock.pause(RETRY_MS);
      }
    }
    throw new PliError("engine_gone");
  }

  const nextChange = (): Promise<void> => new Promise((resolve) => waiters.add(resolve));

  function changed(): void {
    for (const waiter of waiters) waiter();
    waiters.clear();
  }

  return {
    get: { cell: cellAt, object: (place, how) => whenOnline(() => objectAt(place, how)) },
    getNamed,
    online: changed,
    shown: () => {
      isShown = true;
      changed();
    },
    close: () => {
      closed = true;
      changed();
    },
  };
}
