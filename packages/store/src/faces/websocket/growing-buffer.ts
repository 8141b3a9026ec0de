/**
 * Collects bytes that come piece by piece in memory of its own. A view of what was read would keep
 * all of it alive.
 */
export class GrowingBuffer {
  readonly #max: number;
  #memory: Buffer;
  #length: number;

  /** `reserved` free bytes come first. All together are never more than `max`. */
  constructor(max: number, reserved = 0) {
    this.#max = max;
    this.#memory = Buffer.allocUnsafeSlow(reserved);
    this.#length = reserved;
  }

  /** Returns the bytes where they are now. */
  append(bytes: Uint8Array): Buffer {
    const start = this.#length;
    this.#growTo(start + bytes.length);
    this.#memory.set(bytes, start);
    this.#length += bytes.length;
    return this.#memory.subarray(start, this.#length);
  }

  bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  length(): number {
    return this.#length;
  }

  /** The memory it takes, in bytes. */
  capacity(): number {
    return this.#memory.length;
  }

  #growTo(needed: number): void {
    if (needed <= this.#memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#max, Math.max(needed, 2 * this.#memory.length)));
    larger.set(this.bytes());
    this.#memory = larger;
  }
}
