import { isInConversationAt } from "../../epochs/conversations.table.ts";
import { hasOpenPairingAt } from "../pairing/pairings.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { nearRangeOf } from "../../delivery/store/ranges.ts";

/**
 * Whether the person has accepted that their device calls this store: it is the home one, or what
 * they take part in lives there.
 */
export async function isKnownStore(tx: Tx, home: string, store: string): Promise<boolean> {
  return store === home || (await isInConversationAt(tx, store)) || (await hasOpenPairingAt(tx, store));
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
