/** Lets a fixed number of users in at once. The others wait, in the order they came. */
export interface Semaphore {
  /** Resolves when the caller is let in, until it calls `release`. */
  acquire(): Promise<void>;
  release(): void;
  /** How many are in. */
  held(): number;
  /** Does `work` while it is let in. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export const createSemaphore = (atOnce: number): Semaphore => {
  const waiting: (() => void)[] = [];
  let held = 0;
  const acquire = async (): Promise<void> => {
    if (held < atOnce) held += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  /** The user that has waited longest takes over. */
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) held -= 1;
    else next();
  };
  return {
    acquire,
    release,
    held: () => held,
    run: async (work) => {
      await acquire();
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
};
