/** A bucket of tokens that refills at `perSecond` up to `burst`. */
export interface Rate {
  take(tokens: number): boolean;
  full(): boolean;
}

export const createRate = (perSecond: number, burst: number, steady: () => number): Rate => {
  let tokens = burst;
  let at = steady();
  const refill = (): void => {
    const now = steady();
    tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
    at = now;
  };
  return {
    take: (wanted) => {
      refill();
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
    full: () => {
      refill();
      return tokens >= burst;
    },
  };
};
