/** A bucket of tokens that refills at `perSecond` up to `burst`. */
export interface TokenBucket {
  /** False, and nothing is taken, when there are fewer tokens. */
  take(tokens: number): boolean;
  isFull(): boolean;
}

export const createTokenBucket = (perSecond: number, burst: number, steady: () => number): TokenBucket =>
  new Bucket(perSecond, burst, steady);

/** A class, since each connection has one. */
class Bucket implements TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #steady: () => number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst: number, steady: () => number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#steady = steady;
    this.#tokens = burst;
    this.#at = steady();
  }

  take(tokens: number): boolean {
    this.#refill();
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  isFull(): boolean {
    this.#refill();
    return this.#tokens >= this.#burst;
  }

  #refill(): void {
    const now = this.#steady();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
  }
}
