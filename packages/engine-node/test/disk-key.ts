export const DISK_KEY = Uint8Array.from({ length: 32 }, (_, index) => index + 100);

/** Rows that one transaction of the writer adds. */
export const ROWS = 7;
