import type { Clock } from "@pli/engine/ports";

/**
 * One direction of a line: frames arrive in the order they were sent, each at the earliest `delay`
 * after it was.
 */
export class Pipe {
  readonly #clock: Clock;
  readonly #delay: () => number;
  readonly #deliver: (frame: Uint8Array) => void;
  readonly #waiting: Uint8Array[] = [];
  #lastDue = 0;

  constructor(clock: Clock, delay: () => number, deliver: (frame: Uint8Array) => void) {
    this.#clock = clock;
    this.#delay = delay;
    this.#deliver = deliver;
  }

  send(frame: Uint8Array): void {
    const now = this.#clock.now();
    const earliest = this.#waiting.length === 0 ? now : this.#lastDue;
    const due = Math.max(now + this.#delay(), earliest);
    this.#waiting.push(frame.slice());
    this.#lastDue = due;
    if (due === now) queueMicrotask(() => this.#next());
    else this.#clock.after(due - now, () => this.#next());
  }

  #next(): void {
    const frame = this.#waiting.shift();
    if (frame !== undefined) this.#deliver(frame);
  }
}
