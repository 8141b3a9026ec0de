/**
 * Chance that is the same for the same seed: everything a simulation leaves to chance is drawn from
 * here.
 */
export interface Dice {
  /** From 0 up to, not including, `n`. */
  below(n: number): number;
  /** From `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** `count` of them, or all there are, each once. */
  some<T>(from: readonly T[], count: number): T[];
  /** One of the names, each as likely as its weight among all. */
  weighed<T extends string>(weights: Readonly<Record<T, number>>): T;
}

export function createDice(seed: string): Dice {
  const draw = generatorFrom(seed);
  const below = (n: number): number => Math.floor(draw() * n);

  function pick<T>(from: readonly T[]): T {
    const one = from[below(from.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  }

  function some<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    const taken: T[] = [];
    while (taken.length < count && left.length > 0) taken.push(...left.splice(below(left.length), 1));
    return taken;
  }

  function weighed<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries<number>(weights) as [T, number][];
    let at = draw() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      at -= weight;
      if (at < 0) return name;
    }
    return pick(entries)[0];
  }

  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => draw() < probability,
    pick,
    some,
    weighed,
  };
}

/** Numbers in [0, 1): sfc32, started from a hash of the seed. */
function generatorFrom(seed: string): () => number {
  const state = new Uint32Array(4);
  for (const [i, start] of [0x9e37_79b9, 0x243f_6a88, 0xb7e1_5162, 0xdead_beef].entries()) {
    let hash = start;
    for (const character of seed) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x0100_0193);
      hash ^= hash >>> 15;
    }
    state[i] = hash;
  }
  const next = (): number => {
    const [a = 0, b = 0, c = 0, count = 0] = state;
    const value = (a + b + count) >>> 0;
    state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + value, count + 1]);
    return value / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}
