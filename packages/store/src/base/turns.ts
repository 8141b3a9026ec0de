/** So many at once; the others wait, in the order they came. */
export interface Turns {
  /** Resolves when there is a turn, which lasts until `give`. */
  take(): Promise<void>;
  give(): void;
  taken(): number;
  /** Does `work` in a turn. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export const createTurns = (atOnce: number): Turns => {
  const waiting: (() => void)[] = [];
  let taken = 0;
  const take = async (): Promise<void> => {
    if (taken < atOnce) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  /** A turn goes on to whoever waits longest. */
  const give = (): void => {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  };
  return {
    take,
    give,
    taken: () => taken,
    run: async (work) => {
      await take();
      try {
        return await work();
      } finally {
        give();
      }
    },
  };
};
