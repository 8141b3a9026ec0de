/** The end of the year 9999, in ms since 1970: no clock is further ahead. */
export const LATEST_MS = 253_402_300_799_999;
