import type { Context, Tx } from "../../runtime/context.ts";
import type { Dialer, Socket } from "../../runtime/ports.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { moveItems } from "../queue/send-queue.table.ts";
import { deletePositions, listStoreIds, movePositions } from "./positions.table.ts";
import { moveWatches } from "./watches.table.ts";

/**
 * So long other stores are not dialled after the start, if this device was given another home store
 * than the last time.
 */
const HOME_FIRST_MS = 10_000;
/** By then no object is left that an old address could lead to, and another store may be there. */
const MOVED_KEPT_MS = 100 * 86_400_000;

/**
 * Stores that moved. A store has an id of its own, and keeps it wherever its data goes. When the
 * home store, at the address that this device was given, answers with the id which a store at
 * another address had, that store is here now: what was bound to the old address is bound to the
 * new one, its place in the feed too, and the old one is not dialled any more. Nothing else makes a
 * store move: who knows an id can claim it, and an invitation can lead to them.
 */
export interface MovedStores {
  /** Where the store is now that had this address. */
  now(address: string): string;
  /** A store said hello; before its place in the feed is looked up. */
  greeted(tx: Tx, address: string, storeId: Uint8Array): Promise<void>;
  /**
   * Dials stores that are not the home one: not before that had a chance to answer, if it could be
   * one of them, moved.
   */
  dialer(inner: Dialer): Dialer;
}

export function createMovedStores(
  context: Context,
  deps: {
    home: string;
    /** The home address was another store's until now: what was there is lost. */
    replaced(tx: Tx): Promise<void>;
    /** What was bound to the store at this address is bound to the home store. */
    moved(tx: Tx, from: string): Promise<void>;
    /** The store that was at `address` is the home store: all that is under way continues there. */
    left(address: string): void;
  },
): MovedStores {
  const { clock, crypto } = context;
  const { home } = deps;
  const held = new Set<() => void>();
  let moved: ReadonlyMap<string, string> = new Map();
  let isSettled = false;

  context.onReload(async (tx) => {
    await forgetOld(tx);
    moved = await findMoved(tx);
    if ((await findMeta<string>(tx, HOME)) === home) settle();
    else if (!isSettled) clock.after(HOME_FIRST_MS, settle);
  });

  /** The others may be dialled. */
  function settle(): void {
    isSettled = true;
    for (const dial of held) dial();
    held.clear();
  }

  async function greeted(tx: Tx, address: string, storeId: Uint8Array): Promise<void> {
    const known = (await placesOf(tx)).map((place) => ({ ...place, isIt: crypto.equal(place.storeId, storeId) }));
    const before = known.find((place) => place.address === address);
    const others = known.filter((place) => place.isIt && place.address !== address);
    if (address !== home) return noteEcho(tx, address, before?.isIt !== true && others.length > 0);
    const isNew = before?.isIt !== true || (await findMeta<string>(tx, HOME)) !== home;
    const from = isNew ? others.filter(({ isEcho }) => !isEcho).map((place) => place.address) : [];
    if (from.length > 0 && before?.isIt === false) {
      await deps.replaced(tx);
      await deletePositions(tx, home);
    }
    for (const old of from) await move(tx, old);
    if (isNew) await beHome(tx);
    tx.after(settle);
  }

  /**
   * Who comes second with an id that another store has may have copied it: that store has not moved
   * there, nor from there.
   */
  async function noteEcho(tx: Tx, address: string, isOne: boolean): Promise<void> {
    if (isOne) await saveMeta(tx, `echo ${address}`, true);
  }

  async function beHome(tx: Tx): Promise<void> {
    await saveMeta(tx, HOME, home);
    await deleteMeta(tx, `echo ${home}`);
    await deleteMeta(tx, movedKeyOf(home));
    const kept = await findMoved(tx);
    tx.after(() => void (moved = kept));
  }

  async function move(tx: Tx, from: string): Promise<void> {
    await moveItems(tx, from, home);
    await moveWatches(tx, from, home);
    await deps.moved(tx, from);
    await movePositions(tx, from, home);
    await noteMoved(tx, from);
    tx.changed("status", "conversations");
    tx.after(() => {
      context.blockers.rename(from, home);
      deps.left(from);
    });
  }

  async function noteMoved(tx: Tx, from: string): Promise<void> {
    const before = await findMoved(tx);
    for (const [old, to] of [...before, [from, home] as const]) {
      if (to === from || old === from)
        await saveMeta(tx, movedKeyOf(old), { to: home, at: clock.now() } satisfies Move);
    }
  }

  async function forgetOld(tx: Tx): Promise<void> {
    for (const { from, at } of await movesOf(tx)) {
      if (clock.since(at) > MOVED_KEPT_MS) await deleteMeta(tx, movedKeyOf(from));
    }
  }

  function dialer(inner: Dialer): Dialer {
    return { dial: (...call) => (isSettled ? inner.dial(...call) : dialLater(inner, call)) };
  }

  function dialLater(inner: Dialer, call: Parameters<Dialer["dial"]>): Socket {
    let socket: Socket | undefined;
    const dial = (): void => void (socket = inner.dial(...call));
    held.add(dial);
    return {
      send: (frame) => socket?.send(frame),
      close: () => {
        if (held.delete(dial)) call[2].closed();
        else socket?.close();
      },
    };
  }

  return { now: (address) => (address === home ? home : (moved.get(address) ?? address)), greeted, dialer };
}

interface KnownPlace {
  readonly address: string;
  readonly storeId: Uint8Array;
  /** It came second with its id. */
  readonly isEcho: boolean;
}

async function placesOf(tx: Tx): Promise<KnownPlace[]> {
  const places: KnownPlace[] = [];
  for (const place of await listStoreIds(tx))
    places.push({ ...place, isEcho: (await findMeta(tx, `echo ${place.address}`)) !== undefined });
  return places;
}

async function findMoved(tx: Tx): Promise<Map<string, string>> {
  return new Map((await movesOf(tx)).map(({ from, to }) => [from, to]));
}

async function movesOf(tx: Tx): Promise<(Move & { readonly from: string })[]> {
  return (await listMeta<Move>(tx, MOVED)).map(([from, move]) => ({ from, ...move }));
}

/** The address that this device was given the last time. */
const HOME = "home";
const MOVED = "moved";
const movedKeyOf = (address: string): string => `${MOVED} ${address}`;

/** Where a store is now, and since when. */
interface Move {
  readonly to: string;
  readonly at: number;
}
