import type { StoreAway } from "../../api/api.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import { findPairingView, listPairingViews } from "./rows.ts";

/** `away`: the store at this address, while it does not answer. */
export function createPairingQueries({ away }: { away(store: string): StoreAway | undefined }) {
  return {
    pairing: (tx, { id }) => findPairingView(tx, id, away),
    pairings: (tx) => listPairingViews(tx, away),
  } satisfies Partial<QueryHandlers>;
}
