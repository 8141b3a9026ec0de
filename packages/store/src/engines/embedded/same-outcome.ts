import type { PutResult } from "../../storage/storage.ts";

/**
 * The outcome of a put under a label that is taken. The same bytes are a put whose first answer was
 * lost. Other bytes come from somebody else.
 */
export const sameOutcome = (kept: Uint8Array, offered: Uint8Array): PutResult => ({
  outcome: Buffer.compare(kept, offered) === 0 ? "created" : "taken",
});
