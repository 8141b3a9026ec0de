import type { Cell } from "@pli/protocol/wire";
import type { StoreAway } from "../api/views.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { Dialer } from "../runtime/ports.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { awayFrom } from "./away.ts";
import type { Expectation } from "./feed/expectations.ts";
import { createMovedStores } from "./feed/moved-stores.ts";
import { createMovableSession, type MovableSession } from "./feed/movable-session.ts";
import { createSession, type Session } from "./feed/session.ts";
import type { Follower, StoreFacts } from "./port.ts";
import { listWaitedFor } from "./queue/send-queue.table.ts";
import type { TrafficMeter } from "./store/traffic-meter.ts";

/**
 * A clock that is further from the home store's, in seconds, erases nothing and pairs with nobody.
 */
const DOUBTED_SECONDS = 86_400;

type Kind = Expectation["kind"];
type Arrived<K extends Kind> = (tx: Tx, expectation: Expectation & { kind: K }, cell: Cell) => Promise<void>;

/** The stores this profile lives with: the home one, and those of conversations made elsewhere. */
export interface Stores {
  /** The address of the home store. */
  readonly home: string;
  /**
   * Cells of a store were missed. `expired`: this device was away longer than the store keeps them;
   * `replaced`: the store's data is another.
   */
  readonly missed: TxEvent<{ readonly store: string; readonly why: "expired" | "replaced" }>;
  /** A store has moved: what was bound to one address is bound to the other. */
  readonly moved: TxEvent<{ readonly from: string; readonly to: string }>;
  /** Registers who says which stores something here needs. */
  neededBy(list: (tx: Tx) => Promise<readonly string[]>): void;
  /** The session with a store, opened when it is first asked for. Throws `engine_gone`. */
  session(address: string): Session;
  /** Sessions that are open. */
  sessions(): Iterable<Session>;
  /** Where the store is now that had this address. */
  now(address: string): string;
  /** Whether all that is in the feed of this store has been read. */
  isCaughtUp(address: string): boolean;
  /** The store at this address, while it does not answer. */
  away(address: string): StoreAway | undefined;
  /**
   * Whether the home store says that this device's clock is wrong by more than a day, or has not
   * been heard and may say so.
   */
  isClockDoubted(): boolean;
  /** The same for any store, by what it said at its hello; false until it did. */
  doubtsClock(facts: StoreFacts): boolean;
  /**
   * Registers what is done with expected cells of a kind, in the transaction that saves the place.
   */
  onArrived<K extends Kind>(kind: K, handler: Arrived<K>): void;
  /** Registers what is done each time a line is up and all stored so far has been read. */
  onReady(listener: (address: string) => void): void;
  /** Opens sessions with every store that something here needs. */
  open(tx: Tx): Promise<void>;
  /** A store that nothing here needs any more is not called any more. */
  letGo(tx: Tx, address: string): void;
  /** Calls again the stores that do not answer; all of them, if all answer. */
  reconnect(): void;
  /** Somebody waits for this store: it is called now if there is no line to it. */
  hurry(address: string): void;
  close(): Promise<void>;
}

export function createStores(context: Context, deps: { home: string; dialer: Dialer; meter: TrafficMeter }): Stores {
  const { clock } = context;
  const { home } = deps;
  const missed: Stores["missed"] = createTxEvent();
  const movedStore: Stores["moved"] = createTxEvent();
  const needs: ((tx: Tx) => Promise<readonly string[]>)[] = [listWaitedFor];
  const open = new Map<string, MovableSession>();
  const closing: Promise<void>[] = [];
  const arrivals = new Map<Kind, Arrived<Kind>>();
  const readyListeners: ((address: string) => void)[] = [];
  const moved = createMovedStores(context, {
    home,
    moved: (tx, from) => movedStore.emit(tx, { from, to: home }),
    replaced: (tx) => missed.emit(tx, { store: home, why: "replaced" }),
    left: (address) => {
      const old = open.get(address);
      open.delete(address);
      if (old !== undefined) closing.push(old.continueAs(session(home)));
    },
  });

  /** Hears every session: what it hears names the store. */
  const follower: Follower = {
    arrived: async (tx, expectation, cell) => arrivals.get(expectation.kind)?.(tx, expectation, cell),
    missed: (tx, store, why) => missed.emit(tx, { store, why }),
    ready: (store) => readyListeners.forEach((listener) => listener(store)),
  };

  function session(address: string): Session {
    const store = moved.now(address);
    const known = open.get(store);
    if (known !== undefined) return known;
    if (clock.closed) throw new PliError("engine_gone");
    const isHome = store === home;
    const dialer = isHome ? deps.dialer : moved.dialer(deps.dialer);
    const ports = { dialer, meter: deps.meter, greeted: moved.greeted };
    const opened = createMovableSession(createSession(context, { store, isHome, ...ports }));
    open.set(store, opened);
    opened.follow(follower);
    return opened;
  }

  async function needed(tx: Tx): Promise<Set<string>> {
    const all = new Set([home]);
    for (const list of needs) for (const store of await list(tx)) all.add(store);
    return all;
  }

  function letGo(tx: Tx, address: string): void {
    tx.after(() => context.later(0, (later) => closeUnneeded(later, moved.now(address))));
  }

  async function closeUnneeded(tx: Tx, store: string): Promise<void> {
    if ((await needed(tx)).has(store)) return;
    tx.after(() => {
      const unneeded = open.get(store);
      open.delete(store);
      if (unneeded !== undefined) closing.push(unneeded.close());
    });
  }

  function reconnect(): void {
    const all = [...open.values()];
    const silent = all.filter(({ reach }) => reach().state !== "online");
    for (const one of silent.length > 0 ? silent : all) one.reconnect();
  }

  function isClockDoubted(): boolean {
    const off = session(home).clockOff();
    return off === undefined || Math.abs(off) > DOUBTED_SECONDS;
  }

  function away(address: string): StoreAway | undefined {
    const known = open.get(moved.now(address));
    return known && awayFrom(known);
  }

  return {
    home,
    missed,
    moved: movedStore,
    neededBy: (list) => void needs.push(list),
    session,
    sessions: () => open.values(),
    now: moved.now,
    isCaughtUp: (address) => open.get(moved.now(address))?.isReady() === true,
    away,
    isClockDoubted,
    doubtsClock: ({ skew }) => Math.abs(skew()) > DOUBTED_SECONDS,
    onArrived: (kind, handler) => void arrivals.set(kind, handler as Arrived<Kind>),
    onReady: (listener) => void readyListeners.push(listener),
    open: async (tx) => {
      for (const address of await needed(tx)) tx.after(() => void session(address));
    },
    letGo,
    reconnect,
    hurry: (address) => open.get(moved.now(address))?.hurry(),
    close: async () => {
      await Promise.all([...[...open.values()].map((one) => one.close()), ...closing]);
    },
  };
}
