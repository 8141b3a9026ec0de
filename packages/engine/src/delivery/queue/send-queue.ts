/**
 * What this device has to write: finished bytes, kept until the store has them. The queue sends
 * them in order within a stream, and the same bytes again after every doubt. It does not know what
 * they are: the owner of a stream prepares what leaves next and acts on what became of it.
 */
import type { Put } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Delivery, StoreFacts } from "../port.ts";
import { deleteItem, findHead, insertItem, listStreams, type NewItem, type QueuedItem } from "./send-queue.table.ts";

/** Puts of one object that travel at once. */
const AT_ONCE = 16;
const RETRY_MS = 5_000;

/** What became of an item: its stream's name behind the first word, and its reference. */
export interface Reported {
  readonly name: string;
  readonly reference: string;
}

/** Who owns the streams whose names begin with one word. */
export interface StreamOwner {
  /** Streams that may have something to prepare, beside those with an item in the queue. */
  streams?(tx: Tx): Promise<{ name: string; store: string }[]>;
  /**
   * The store can take the next item of this stream: the owner may add one or withdraw one.
   * `wait`: nothing leaves now.
   */
  prepare?(tx: Tx, name: string): Promise<"send" | "wait">;
  /** All of an item is stored, durably. It is gone from the queue. */
  created?(tx: Tx, item: Reported): Promise<void>;
  /** Another wrote under one of its labels. It is gone from the queue. */
  taken?(tx: Tx, item: Reported): Promise<void>;
  /** The store will never take it. It is gone from the queue. */
  refused?(tx: Tx, item: Reported, code: ErrorCode): Promise<void>;
}

export interface SendQueue {
  /** Names the owner of all streams whose names begin with this word. */
  serve(word: string, owner: StreamOwner): void;
  add(tx: Tx, item: NewItem): Promise<void>;
  /** The owner of a stream may have something to prepare, once this transaction is durable. */
  wake(tx: Tx, stream: string, store: string): void;
  /** Sends all that can leave now. */
  kick(): void;
  /** Why the store takes nothing although it can be reached. */
  refusal(): ErrorCode | undefined;
}

type Outcome = "created" | "taken" | "refused";

export function createSendQueue(
  context: Context,
  stores: {
    session(store: string): Delivery & StoreFacts;
    /** Where the store is now that had this address. */
    now(address: string): string;
  },
): SendQueue {
  const owners = new Map<string, StreamOwner>();
  const pumping = new Map<string, boolean>();
  const refusals = new Map<string, ErrorCode>();
  let cancelRetry = (): void => {};

  async function add(tx: Tx, item: NewItem): Promise<void> {
    const store = stores.now(item.store);
    await insertItem(tx, { ...item, store });
    wake(tx, item.stream, store);
  }

  function wake(tx: Tx, stream: string, address: string): void {
    const store = stores.now(address);
    tx.changed("status");
    tx.after(() => void pump(stream, store));
  }

  function kick(): void {
    void context.transact(allStreams).then(
      (streams) => streams.forEach(({ stream, store }) => void pump(stream, store)),
      () => retryLater(),
    );
  }

  async function allStreams(tx: Tx): Promise<{ stream: string; store: string }[]> {
    const all = new Map((await listStreams(tx)).map(({ stream, store }) => [stream, store]));
    for (const [word, owner] of owners)
      for (const { name, store } of (await owner.streams?.(tx)) ?? []) all.set(`${word} ${name}`, store);
    return [...all].map(([stream, store]) => ({ stream, store }));
  }

  /**
   * Empties one stream, an item at a time; asked again meanwhile, it looks once more before it
   * stops.
   */
  async function pump(stream: string, store: string): Promise<void> {
    if (pumping.has(stream)) return void pumping.set(stream, true);
    try {
      do {
        pumping.set(stream, false);
        await empty(stream, store);
      } while (pumping.get(stream) === true);
    } catch (error) {
      noteFailure(error, stream, store);
    } finally {
      pumping.delete(stream);
    }
  }

  /** Sends the items of a stream until there is none, or the next one must wait. */
  async function empty(stream: string, store: string): Promise<void> {
    if (context.clock.closed) return;
    const delivery = stores.session(store);
    if (!delivery.isReady()) return;
    let head = await context.transact((tx) => nextOf(tx, stream));
    if (head === undefined) noteRefusal(stream, undefined);
    while (head !== undefined && !context.clock.closed) {
      const item = head;
      const outcome = await sent(delivery, item);
      noteRefusal(stream, undefined);
      head = await context.transact(async (tx) => {
        await settle(tx, item, outcome);
        return delivery.isReady() ? nextOf(tx, stream) : undefined;
      });
    }
  }

  async function nextOf(tx: Tx, stream: string): Promise<QueuedItem | undefined> {
    const { word, name } = parted(stream);
    const prepared = await owners.get(word)?.prepare?.(tx, name);
    return prepared === "wait" ? undefined : findHead(tx, stream);
  }

  /** Message path 6/11: its cells leave for the store, the same bytes again after every doubt. */
  async function sent(delivery: Delivery, item: QueuedItem): Promise<Outcome> {
    try {
      return await putAll(delivery, item.puts);
    } catch (error) {
      if (error instanceof PliError && error.code === "unknown_feed") return "refused";
      throw error;
    }
  }

  async function settle(tx: Tx, { id, stream, reference }: QueuedItem, outcome: Outcome): Promise<void> {
    tx.changed("status");
    await deleteItem(tx, id);
    const { word, name } = parted(stream);
    const owner = owners.get(word);
    if (outcome === "refused") await owner?.refused?.(tx, { name, reference }, "unknown_feed");
    else await owner?.[outcome]?.(tx, { name, reference });
  }

  function noteFailure(error: unknown, stream: string, store: string): void {
    const isOnline = !context.clock.closed && stores.session(store).reach().state === "online";
    if (error instanceof PliError && isOnline) noteRefusal(stream, error.code);
    if (!(error instanceof PliError) || isOnline) retryLater();
  }

  function retryLater(): void {
    cancelRetry();
    cancelRetry = context.clock.after(RETRY_MS, kick);
  }

  function noteRefusal(stream: string, code: ErrorCode | undefined): void {
    if (refusals.get(stream) === code) return;
    if (code === undefined) refusals.delete(stream);
    else refusals.set(stream, code);
    context.live.touch(new Set(["status"]));
  }

  return {
    serve: (word, owner) => void owners.set(word, owner),
    add,
    wake,
    kick,
    refusal: () => refusals.values().next().value,
  };
}

/** The first word of a stream's name, and the rest. */
function parted(stream: string): { word: string; name: string } {
  const end = stream.indexOf(" ");
  return { word: stream.slice(0, end), name: stream.slice(end + 1) };
}

/**
 * Puts in order, the last alone: a reader who sees it finds the others. All are put even when one
 * label is taken: readers would wait for a cell that never comes.
 */
async function putAll(delivery: Delivery, puts: readonly Put[]): Promise<"created" | "taken"> {
  const outcomes: ("created" | "taken")[] = [];
  const before = puts.slice(0, -1);
  for (let i = 0; i < before.length; i += AT_ONCE) {
    outcomes.push(...(await Promise.all(before.slice(i, i + AT_ONCE).map((put) => delivery.put(put)))));
  }
  for (const last of puts.slice(-1)) outcomes.push(await delivery.put(last));
  return outcomes.includes("taken") ? "taken" : "created";
}
