/** The least number of characters of a passphrase. */
export const SHORTEST_PASSPHRASE = 8;

/** Characters, not the units of a string: one that is not on the first plane is one too. */
export const isTooShort = (passphrase: string): boolean => Array.from(passphrase).length < SHORTEST_PASSPHRASE;
