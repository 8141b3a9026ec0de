import { encodeQR } from "qr";

const BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";
const PLAIN = "\u001b[0m";
const HALF_BLOCKS = [" ", "▄", "▀", "█"] as const;

/** The margin that QR readers should have, and the least that they accept. */
const MARGINS = [2, 1] as const;

/**
 * A QR code as lines of half blocks, dark on light in any theme. Undefined where it does not fit.
 */
export function qrLines(text: string, columns: number, rows = Infinity): string[] | undefined {
  const dots = MARGINS.map((margin) => dotsOf(text, margin)).find(
    ({ length }) => length <= columns && Math.ceil(length / 2) <= rows,
  );
  return dots?.flatMap((upper, y) =>
    y % 2 === 0 ? [BLACK_ON_WHITE + halfBlocks(upper, dots[y + 1] ?? []) + PLAIN] : [],
  );
}

/** The least room that a QR code of this text takes. */
export function qrRoom(text: string): { columns: number; rows: number } {
  const { length } = dotsOf(text, MARGINS[1]);
  return { columns: length, rows: Math.ceil(length / 2) };
}

const dotsOf = (text: string, border: number): boolean[][] => encodeQR(text, "raw", { ecc: "low", border });

function halfBlocks(upper: readonly boolean[], lower: readonly boolean[]): string {
  return upper.map((dark, x) => HALF_BLOCKS[(dark ? 2 : 0) + (lower[x] === true ? 1 : 0)]).join("");
}
