/** A line with bytes that the system has not taken yet. */
export interface WaitingLine {
  /** Closes the line at once, and gives up what waits on it. */
  cut(): void;
}

/**
 * Bounds the bytes that wait to leave on the lines of one address, within those of all addresses.
 * Beyond the limit it cuts the line that has waited longest. A client that reads is never among
 * these.
 */
export class Backlog {
  readonly #max: number;
  readonly #total: Backlog | undefined;
  readonly #lines = new Set<WaitingLine>();
  #bytes = 0;

  constructor(max: number, total?: Backlog) {
    this.#max = max;
    this.#total = total;
  }

  /** The bytes that wait on `line` were `before`, and are `now`. */
  changed(line: WaitingLine, before: number, now: number): void {
    this.#bytes += now - before;
    if (now === 0) this.#lines.delete(line);
    else this.#lines.add(line);
    this.#total?.changed(line, before, now);
    for (const oldest of this.#lines) {
      if (this.#bytes <= this.#max) return;
      oldest.cut();
    }
  }

  /** A quarter of the limit is reached. No line should be given more before its own has left. */
  isCrowded(): boolean {
    return this.#bytes > this.#max / 4 || this.#total?.isCrowded() === true;
  }

  bytes(): number {
    return this.#bytes;
  }
}
