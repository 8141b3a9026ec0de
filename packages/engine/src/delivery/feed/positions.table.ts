/** The table `positions`: where this device stands in the feeds of its stores. */
import type { Welcome } from "@pli/protocol/wire";
import type { Context, Tx } from "../../runtime/context.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { FEED } from "../port.ts";

const DAY_MS = 86_400_000;

/**
 * A position in a feed. `before`: the tag of the entry before it: another one there shows that the
 * store was put back.
 */
export interface Point {
  readonly position: number;
  readonly before: number | undefined;
}

/**
 * Where this device stands in a store's feed: all before `position` has been acted on. `resume`:
 * from where it asks for the feed again, which the store sees; it does not depend on which cells
 * were for this device. `replaced`: the data behind the address is another since.
 */
export interface FeedPosition extends Point {
  readonly replaced: boolean;
  readonly resume: Point;
}

export async function findPosition(
  context: Context,
  tx: Tx,
  store: string,
  welcome: Welcome,
): Promise<FeedPosition | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM positions WHERE store = ? AND feed = ?", [store, FEED]);
  if (row === undefined) return undefined;
  const start = { position: 0, before: undefined };
  if (!context.crypto.equal(bytesIn(row, "store_id"), welcome.storeId))
    return { ...start, replaced: true, resume: start };
  const reached = { position: numberIn(row, "position"), before: tagIn(row["before_tag"]) };
  const resume =
    typeof row["resume_at"] === "number" ? { position: row["resume_at"], before: tagIn(row["resume_tag"]) } : reached;
  return { ...reached, replaced: false, resume };
}

const tagIn = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** `resume`: undefined where it stays as it is. */
export async function savePosition(
  context: Context,
  tx: Tx,
  p: { store: string; welcome: Welcome; reached: Point; resume?: Point },
): Promise<void> {
  const { storeId, retentionDays } = p.welcome;
  const today = Math.floor(context.clock.now() / DAY_MS);
  const { position, before } = p.reached;
  // A line to where the store is no more may still have something to save: it has a place in the
  // feed elsewhere.
  await tx.sql.run(
    `INSERT INTO positions (store, feed, position, store_id, retention_days, seen_day, before_tag)
     SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = ?)
     ON CONFLICT (store, feed) DO UPDATE SET position = excluded.position, store_id = excluded.store_id,
       retention_days = excluded.retention_days, seen_day = excluded.seen_day, before_tag = excluded.before_tag`,
    [p.store, FEED, position, storeId, retentionDays, today, before ?? null, `moved ${p.store}`],
  );
  if (p.resume !== undefined) await saveResume(tx, p.store, p.resume);
}

/** From where the feed will be asked for again. */
export async function saveResume(tx: Tx, store: string, { position, before }: Point): Promise<void> {
  await tx.sql.run("UPDATE positions SET resume_at = ?, resume_tag = ? WHERE store = ? AND feed = ?", [
    position,
    before ?? null,
    store,
    FEED,
  ]);
}

/** For how many days the store kept what is written there, when its feed was read last. */
export async function findRetentionDays(tx: Tx, store: string): Promise<number | undefined> {
  const sql = "SELECT retention_days FROM positions WHERE store = ? AND feed = ?";
  const [row] = await tx.sql.all(sql, [store, FEED]);
  return row && numberIn(row, "retention_days");
}

/** The first of the days on which feeds were read last; undefined: none was. */
export async function firstSeenDay(tx: Tx): Promise<number | undefined> {
  const [row] = await tx.sql.all("SELECT min(seen_day) AS day FROM positions");
  return typeof row?.["day"] === "number" ? row["day"] : undefined;
}

/** The stores whose feeds are known, by address, and the ids they gave. */
export async function listStoreIds(tx: Tx): Promise<{ address: string; storeId: Uint8Array }[]> {
  const rows = await tx.sql.all("SELECT store, store_id FROM positions GROUP BY store");
  return rows.map((row) => ({ address: textIn(row, "store"), storeId: bytesIn(row, "store_id") }));
}

/**
 * The feed of a store is at another address. If it was read at both, reading continues from the
 * earlier position: what was bound to the other may come after it.
 */
export async function movePositions(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE OR IGNORE positions SET store = ? WHERE store = ?", [to, from]);
  await tx.sql.run(
    `UPDATE positions SET position = min(positions.position, old.position), before_tag = NULL,
       seen_day = min(positions.seen_day, old.seen_day),
       resume_at = min(coalesce(positions.resume_at, positions.position), coalesce(old.resume_at, old.position)),
       resume_tag = NULL
     FROM positions AS old WHERE positions.store = ? AND old.store = ? AND old.feed = positions.feed`,
    [to, from],
  );
  await deletePositions(tx, from);
}

export async function deletePositions(tx: Tx, store: string): Promise<void> {
  await tx.sql.run("DELETE FROM positions WHERE store = ?", [store]);
}
