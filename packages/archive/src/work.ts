/** Long work that shows how far it is, and can be stopped. */
export interface Work {
  /** Rejects with its reason between two pages. */
  readonly signal?: AbortSignal;
  /** Messages or bytes; `step` says of what. */
  onProgress?(progress: Progress): void;
}

export interface Progress {
  /**
   * `write`: messages written · `check`, `read`: bytes of the file read · `add`: the same again.
   */
  readonly step: "write" | "check" | "read" | "add";
  readonly done: number;
  readonly total: number;
}

/** How far it is, in whole percent. */
export const percentOf = ({ done, total }: Progress): number =>
  Math.min(100, Math.floor((100 * done) / Math.max(1, total)));
