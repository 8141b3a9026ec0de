/** A bucket of tokens that refills at `perSecond` up to `burst`. */
export interface Rate {
  take(tokens: number): boolean;
  full(): boolean;
}

export const createRate = (perSecond: number, burst: number, steady: () => number): Rate =>
  new Bucket(perSecond, burst, steady);

/** A class, for there is one per connection. */
class Bucket implements Rate {
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

  full(): boolean {
    this.#refill();
    return this.#tokens >= this.#burst;
  }

  #refill(): void {
    const now = this.#steady();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
  }
}
