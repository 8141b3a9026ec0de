/**
 * Chi-square with 255 degrees of freedom: six standard deviations above its mean. Text or structure
 * gives thousands.
 */
export const CHI_SQUARE_LIMIT = 390;

/** How far the bytes of cells behind the first are from even. */
export function chiSquare(cells: readonly Uint8Array[]): number {
  const counts = Array.from({ length: 256 }, () => 0);
  let total = 0;
  for (const cell of cells) {
    for (const byte of cell.subarray(1)) counts[byte] = (counts[byte] ?? 0) + 1;
    total += cell.length - 1;
  }
  return counts.reduce((sum, count) => sum + (count - total / 256) ** 2 / (total / 256), 0);
}
