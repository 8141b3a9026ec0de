import type { Context, Tx } from "../../runtime/context.ts";
import type { Dialer, Socket } from "../../runtime/ports.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { bytesIn, textIn } from "../../runtime/storage/row.ts";
import { moveItems } from "../queue/send-queue.table.ts";

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
  p: {
    home: string;
    /** The home address was another store's until now: what was there is lost. */
    replaced(tx: Tx): Promise<void>;
    /** The store that was at `address` is the home store: all that is under way continues there. */
    left(address: string): void;
  },
): MovedStores {
  const { clock, crypto } = context;
  const { home } = p;
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
      await p.replaced(tx);
      await tx.sql.run("DELETE FROM positions WHERE store = ?", [home]);
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
    for (const table of ["conversations", "pairings", "watches"]) {
      await tx.sql.run(`UPDATE ${table} SET store = ? WHERE store = ?`, [home, from]);
    }
    await moveInvitations(tx, from);
    await movePlace(tx, from);
    await tx.sql.run("UPDATE OR IGNORE meta SET key = ? WHERE key = ?", [`card ${home}`, `card ${from}`]);
    await deleteMeta(tx, `card ${from}`);
    await noteMoved(tx, from);
    tx.changed("status", "conversations");
    tx.after(() => {
      context.blockers.rename(from, home);
      p.left(from);
    });
  }

  async function moveInvitations(tx: Tx, from: string): Promise<void> {
    for (const row of await tx.sql.all("SELECT conversation, contact, body FROM invitations")) {
      const body = JSON.parse(textIn(row, "body")) as { store: string };
      if (body.store !== from) continue;
      await tx.sql.run("UPDATE invitations SET body = ? WHERE conversation = ? AND contact = ?", [
        JSON.stringify({ ...body, store: home }),
        textIn(row, "conversation"),
        textIn(row, "contact"),
      ]);
    }
  }

  /**
   * A feed that was read at both addresses is read on from the earlier place: what was bound to the
   * other may come after it.
   */
  async function movePlace(tx: Tx, from: string): Promise<void> {
    await tx.sql.run("UPDATE OR IGNORE positions SET store = ? WHERE store = ?", [home, from]);
    await tx.sql.run(
      `UPDATE positions SET position = min(positions.position, old.position), before_tag = NULL, seen_day = min(positions.seen_day, old.seen_day),
         resume_at = min(coalesce(positions.resume_at, positions.position), coalesce(old.resume_at, old.position)), resume_tag = NULL
       FROM positions AS old WHERE positions.store = ? AND old.store = ? AND old.feed = positions.feed`,
      [home, from],
    );
    await tx.sql.run("DELETE FROM positions WHERE store = ?", [from]);
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
  const rows = await tx.sql.all(
    `SELECT store, store_id, EXISTS (SELECT 1 FROM meta WHERE key = 'echo ' || store) AS echo FROM positions
     GROUP BY store`,
  );
  return rows.map((row) => ({
    address: textIn(row, "store"),
    storeId: bytesIn(row, "store_id"),
    isEcho: row["echo"] === 1,
  }));
}

async function findMoved(tx: Tx): Promise<Map<string, string>> {
  return new Map((await movesOf(tx)).map(({ from, to }) => [from, to]));
}

async function movesOf(tx: Tx): Promise<(Move & { readonly from: string })[]> {
  const moves: (Move & { readonly from: string })[] = [];
  for (const from of await metaOf(tx, MOVED)) {
    const move = await findMeta<Move>(tx, movedKeyOf(from));
    if (move !== undefined) moves.push({ from, ...move });
  }
  return moves;
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
