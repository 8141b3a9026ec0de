import type { Welcome } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import { bytesIn, numberIn } from "../storage/row.ts";
import { FEED } from "./fetching.ts";

const DAY_MS = 86_400_000;

/** Where this device stands in a store's feed. `replaced`: the data behind the address is another since. */
export interface Place {
  readonly position: number;
  readonly replaced: boolean;
  /** The tag of the entry before it: another one there shows that the store was put back to an earlier state. */
  readonly before: number | undefined;
}

export async function findPlace(
  context: Context,
  unit: Unit,
  store: string,
  welcome: Welcome,
): Promise<Place | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM positions WHERE store = ? AND feed = ?", [store, FEED]);
  if (row === undefined) return undefined;
  const replaced = !context.crypto.equal(bytesIn(row, "store_id"), welcome.storeId);
  const { before_tag: tag } = row;
  const before = replaced || typeof tag !== "number" ? undefined : tag;
  return { position: replaced ? 0 : numberIn(row, "position"), replaced, before };
}

export async function savePlace(
  context: Context,
  unit: Unit,
  p: { store: string; welcome: Welcome; position: number; before: number | undefined },
): Promise<void> {
  const { storeId, retentionDays } = p.welcome;
  const today = Math.floor(context.clock.now() / DAY_MS);
  // A line to where the store is no more may still have something to save: it has a place in the feed elsewhere.
  await unit.sql.run(
    `INSERT OR REPLACE INTO positions SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = ?)`,
    [p.store, FEED, p.position, storeId, retentionDays, today, p.before ?? null, `moved ${p.store}`],
  );
}
