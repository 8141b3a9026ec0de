/** A line whose bytes the system has not taken. */
export interface WaitingLine {
  /** Closes it at once; what waits on it is given up. */
  cut(): void;
}

/**
 * What waits to leave on the lines of one address, within what waits on all. Beyond the limit the
 * line that has waited longest is cut: who reads is never among the first.
 */
export class Backlog {
  readonly #most: number;
  readonly #whole: Backlog | undefined;
  readonly #lines = new Set<WaitingLine>();
  #bytes = 0;

  constructor(most: number, whole?: Backlog) {
    this.#most = most;
    this.#whole = whole;
  }

  /** What waits on `line` was `before` bytes, and is `now`. */
  changed(line: WaitingLine, before: number, now: number): void {
    this.#bytes += now - before;
    if (now === 0) this.#lines.delete(line);
    else this.#lines.add(line);
    this.#whole?.changed(line, before, now);
    for (const oldest of this.#lines) {
      if (this.#bytes <= this.#most) return;
      oldest.cut();
    }
  }

  /**
   * A quarter of what may wait does: no line should be given more before what waits on it is taken.
   */
  crowded(): boolean {
    return this.#bytes > this.#most / 4 || this.#whole?.crowded() === true;
  }

  bytes(): number {
    return this.#bytes;
  }
}
