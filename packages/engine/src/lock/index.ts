/** What the locks of all platforms share. */
export { counted, NO_TRIES, parseTries, waited, type Tries } from "./tries.ts";
