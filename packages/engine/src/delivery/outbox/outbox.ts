import type { Put } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Session } from "../feed/session.ts";
import { textIn } from "../../runtime/storage/row.ts";
import { headOf, insertItem, saveSealed, type NewItem, type OutboxItem, type Purpose } from "./items.ts";

export type { OutboxItem, Purpose } from "./items.ts";

/** Puts of one object that travel at once. */
const AT_ONCE = 16;
const RETRY_MS = 5_000;

/**
 * Puts an item whose content is not sealed yet into cells, and saves them on it; `later` when its
 * conversation cannot send now.
 */
export type Sealer = (tx: Tx, item: OutboxItem) => Promise<"sealed" | "later" | "again">;

/** What becomes of items, in the transaction that learns it. */
export interface OutboxHandlers {
  /** All of it is stored, durably. The item is gone. */
  stored?(tx: Tx, item: OutboxItem): Promise<void>;
  /**
   * Another wrote under one of its labels. The item is gone; one with content stays, to be sealed
   * again.
   */
  taken?(tx: Tx, item: OutboxItem): Promise<void>;
  /** The store will never take it. The item is gone. */
  refused?(tx: Tx, item: OutboxItem, code: ErrorCode): Promise<void>;
}

/**
 * What this device has to write, kept until the store has it: the same bytes are put again after
 * every doubt.
 */
export interface Outbox {
  add(tx: Tx, item: NewItem): Promise<void>;
  /** Saves what sealing gave. */
  saveSealed(tx: Tx, id: number, epoch: number, puts: readonly Put[]): Promise<void>;
  /** Registers who acts on what becomes of items of these purposes. */
  on(purposes: readonly Purpose[], handlers: OutboxHandlers): void;
  /** Registers what seals content when its turn comes. Without it, content waits. */
  sealWith(sealer: Sealer): void;
  /** Sends whatever can leave now. */
  kick(): void;
  /** Why the store takes nothing although it can be reached. */
  refusal(): ErrorCode | undefined;
}

export function createOutbox(
  context: Context,
  stores: { sessionIfOpen(store: string): Session | undefined; now(address: string): string },
): Outbox {
  const handlers: { readonly purposes: readonly Purpose[]; readonly of: OutboxHandlers }[] = [];
  let seal: Sealer = async () => "later";
  const pumping = new Map<string, boolean>();
  const refusals = new Map<string, ErrorCode>();
  let cancelRetry = (): void => {};

  async function add(tx: Tx, item: NewItem): Promise<void> {
    const { stream } = item;
    const store = stores.now(item.store);
    await insertItem(tx, { ...item, store });
    tx.changed("status");
    tx.after(() => void pump(stream, store));
  }

  function kick(): void {
    void listStreams().then(
      (streams) => streams.forEach(({ stream, store }) => void pump(stream, store)),
      () => retryLater(),
    );
  }

  function listStreams(): Promise<{ stream: string; store: string }[]> {
    return context.transact(async (tx) => {
      const rows = await tx.sql.all("SELECT DISTINCT stream, store FROM outbox");
      return rows.map((row) => ({ stream: textIn(row, "stream"), store: textIn(row, "store") }));
    });
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
    const session = stores.sessionIfOpen(store);
    if (session === undefined || !session.isReady()) return;
    let head = await context.transact((tx) => prepareHead(tx, stream));
    if (head === undefined) noteRefusal(stream, undefined);
    while (head !== undefined && !context.clock.closed) {
      const item = head;
      const outcome = await sent(session, item);
      noteRefusal(stream, undefined);
      head = await context.transact(async (tx) => {
        await settle(tx, item, outcome);
        return session.isReady() ? prepareHead(tx, stream) : undefined;
      });
    }
  }

  /** Message path 6/11: its cells leave for the store, the same bytes again after every doubt. */
  async function sent(session: Session, item: OutboxItem): Promise<Outcome> {
    try {
      return await putAll(session, item.puts ?? []);
    } catch (error) {
      if (error instanceof PliError && error.code === "unknown_feed") return "refused";
      throw error;
    }
  }

  async function settle(tx: Tx, item: OutboxItem, outcome: Outcome): Promise<void> {
    tx.changed("status");
    const [row] = await tx.sql.all("SELECT epoch FROM outbox WHERE id = ?", [item.id]);
    const isSealedAgain = row !== undefined && row["epoch"] !== (item.epoch ?? null);
    if (outcome === "taken" && item.content !== undefined) {
      // What was sealed for a used label is sealed again, in its place.
      if (!isSealedAgain) await tx.sql.run("UPDATE outbox SET epoch = NULL, puts = NULL WHERE id = ?", [item.id]);
      return announce(tx, item, "taken");
    }
    await tx.sql.run("DELETE FROM outbox WHERE id = ?", [item.id]);
    await announce(tx, item, outcome);
  }

  async function announce(tx: Tx, item: OutboxItem, outcome: Outcome): Promise<void> {
    for (const { of } of handlers.filter(({ purposes }) => purposes.includes(item.purpose))) {
      if (outcome === "created") await of.stored?.(tx, item);
      else if (outcome === "taken") await of.taken?.(tx, item);
      else await of.refused?.(tx, item, "unknown_feed");
    }
  }

  /** The next item with its puts; undefined when there is none, or when it must wait. */
  async function prepareHead(tx: Tx, stream: string): Promise<OutboxItem | undefined> {
    for (;;) {
      const item = await headOf(tx, stream);
      if (item?.content === undefined) return item;
      const sealed = await seal(tx, item);
      if (sealed === "later") return undefined;
      if (sealed === "sealed") return headOf(tx, stream);
    }
  }

  function noteFailure(error: unknown, stream: string, store: string): void {
    const isOnline = stores.sessionIfOpen(store)?.link.state().state === "online";
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
    add,
    saveSealed,
    on: (purposes, of) => void handlers.push({ purposes, of }),
    sealWith: (sealer) => void (seal = sealer),
    kick,
    refusal: () => refusals.values().next().value,
  };
}

type Outcome = "created" | "taken" | "refused";

/**
 * Puts in order, the last alone: whoever sees it finds the others. Also when one of the labels is
 * taken: readers would wait for a cell that never comes.
 */
async function putAll(session: Session, puts: readonly Put[]): Promise<"created" | "taken"> {
  const outcomes: ("created" | "taken")[] = [];
  const before = puts.slice(0, -1);
  for (let i = 0; i < before.length; i += AT_ONCE) {
    outcomes.push(...(await Promise.all(before.slice(i, i + AT_ONCE).map((put) => putOne(session, put)))));
  }
  for (const last of puts.slice(-1)) outcomes.push(await putOne(session, last));
  return outcomes.includes("taken") ? "taken" : "created";
}

function putOne(session: Session, put: Put): Promise<"created" | "taken"> {
  return put.kind === "cell" ? session.link.put(put.label, put.cell) : session.link.putBlock(put.label, put.block);
}
