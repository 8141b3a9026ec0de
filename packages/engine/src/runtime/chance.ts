/** From 0 up to 1, as evenly as these random bytes are. */
export const fractionFrom = (bytes: Uint8Array): number =>
  bytes.reduce((sum, byte) => sum * 256 + byte, 0) / 256 ** bytes.length;

/** In an order that `draw` decides: a number from 0 up to 1 for each. */
export function shuffled<T>(list: readonly T[], draw: () => number): T[] {
  const keyed = list.map((one) => ({ one, key: draw() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
}
