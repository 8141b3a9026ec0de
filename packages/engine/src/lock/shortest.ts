/** The least number of characters of a passphrase. */
export const SHORTEST_PASSPHRASE = 8;
