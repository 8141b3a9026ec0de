/**
 * Bytes that come piece by piece, kept in memory of their own, so that they hold on to nothing that
 * came with them.
 */
export class GrowingBuffer {
  readonly #most: number;
  #memory: Buffer;
  #length: number;

  /** `room` free bytes come first; all together are never more than `most`. */
  constructor(most: number, room = 0) {
    this.#most = most;
    this.#memory = Buffer.allocUnsafeSlow(room);
    this.#length = room;
  }

  /** Gives the bytes where they are now. */
  append(bytes: Uint8Array): Buffer {
    const start = this.#length;
    this.#makeRoom(start + bytes.length);
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

  /** How much memory it takes. */
  capacity(): number {
    return this.#memory.length;
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(needed, 2 * this.#memory.length)));
    larger.set(this.bytes());
    this.#memory = larger;
  }
}
