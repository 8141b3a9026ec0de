import type { Tx } from "../../runtime/context.ts";
import { nearRangeOf } from "../../delivery/store/ranges.ts";

/**
 * Whether the person has accepted that their device calls this store: it is the home one, or what
 * they take part in lives there.
 */
export async function isKnownStore(tx: Tx, home: string, store: string): Promise<boolean> {
  if (store === home) return true;
  const rows = await tx.sql.all(
    `SELECT 1 FROM conversations WHERE store = ?1 AND state <> 'left'
     UNION ALL SELECT 1 FROM pairings WHERE store = ?1 AND open = 1 LIMIT 1`,
    [store],
  );
  return rows.length > 0;
}

/**
 * Whether a store may be called because somebody else says so, if the person accepts. An address
 * within some network is another machine here than where it was written down, unless the home store
 * lies in the same kind of range.
 */
export function mayBeCalled(home: string, store: string): boolean {
  const range = nearRangeOf(store);
  return range === undefined || (range !== "nowhere" && range === nearRangeOf(home));
}
