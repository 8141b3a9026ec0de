/**
 * Runs pieces of work one after the other, in the order they were asked for. A piece that fails
 * does not hold up the next.
 */
export const createSerialQueue = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
};
