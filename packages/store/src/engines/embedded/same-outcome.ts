import type { PutResult } from "../../storage/storage.ts";

/**
 * The same bytes again: the answer to the first put was lost. Other bytes: somebody else was first.
 */
export const sameOutcome = (kept: Uint8Array, offered: Uint8Array): PutResult => ({
  outcome: Buffer.compare(kept, offered) === 0 ? "created" : "taken",
});
