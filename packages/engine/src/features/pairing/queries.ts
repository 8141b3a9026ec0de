import type { QueryHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import { findPairingView, listPairingViews } from "./pairings.table.ts";

export function createPairingQueries({ stores: { away } }: Pick<Kit, "stores">) {
  return {
    pairing: (tx, { id }) => findPairingView(tx, id, away),
    pairings: (tx) => listPairingViews(tx, "person", away),
    devicePairings: (tx) => listPairingViews(tx, "device", away),
  } satisfies Partial<QueryHandlers>;
}
