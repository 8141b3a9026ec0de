/** What the locks of all platforms share; `record.ts` has what needs cryptography. */
export { isTooShort, SHORTEST_PASSPHRASE } from "./shortest.ts";
export { counted, NO_TRIES, parseTries, waited, type Tries } from "./tries.ts";
