/** The embedded engines of the store that are measured. */
export const ENGINES = ["log", "sqlite"] as const;
