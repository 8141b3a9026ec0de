/**
 * The smallest part of a list that still fails, by leaving out ever smaller pieces (delta
 * debugging): without any one of what is left it does not. After a number of tries, the best so
 * far.
 */
export async function shrunk<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  tries: number,
): Promise<readonly T[]> {
  let smallest = list;
  let left = tries;

  /** One pass over the list, leaving out pieces of this size; whether any could be spared. */
  async function pass(size: number): Promise<boolean> {
    const before = smallest.length;
    for (let at = 0; at < smallest.length && left > 0; left--) {
      const part = [...smallest.slice(0, at), ...smallest.slice(at + size)];
      if (await fails(part)) smallest = part;
      else at += size;
    }
    return smallest.length < before;
  }

  for (let size = Math.ceil(list.length / 2); size > 1; size = Math.ceil(size / 2)) await pass(size);
  while (left > 0 && (await pass(1)));
  return smallest;
}
