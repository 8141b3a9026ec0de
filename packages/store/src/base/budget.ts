/** Bounds the bytes of one kind that one address holds, within what all addresses together hold. */
export class Budget {
  readonly #max: number;
  readonly #total: Budget | undefined;
  #held = 0;

  constructor(max: number, total?: Budget) {
    this.#max = max;
    this.#total = total;
  }

  /** False, and nothing is taken, when this budget or the total would be exceeded. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#max || this.#total?.take(bytes) === false) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
    this.#total?.give(bytes);
  }
}
