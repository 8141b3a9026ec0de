/**
 * Whether a browser refused what it can do: the data of this site is blocked, by a setting or a
 * private window.
 */
export const isRefusal = (error: unknown): boolean => error instanceof DOMException && error.name === "SecurityError";
