/** How many bytes of one kind may be held, by one address within what all together may hold. */
export class Budget {
  readonly #most: number;
  readonly #whole: Budget | undefined;
  #held = 0;

  constructor(most: number, whole?: Budget) {
    this.#most = most;
    this.#whole = whole;
  }

  /** False, and nothing is taken, when there is no room for so many here or in the whole. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most || this.#whole?.take(bytes) === false) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
    this.#whole?.give(bytes);
  }
}
