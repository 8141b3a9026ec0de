/** Lines filled up with empty ones to the height that they have to take. */
export const filled = (lines: readonly string[], room: number): string[] => [
  ...lines,
  ...Array.from({ length: Math.max(0, room - lines.length) }, () => ""),
];
