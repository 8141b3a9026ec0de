import { encodeQR } from "qr";

const BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";
const PLAIN = "\u001b[0m";
const HALF_BLOCKS = [" ", "▄", "▀", "█"] as const;

/** A QR code as lines of half blocks, dark on light whatever the theme; undefined where it would not fit. */
export function qrLines(text: string, columns: number, rows = Infinity): string[] | undefined {
  const dots = encodeQR(text, "raw", { ecc: "low", border: 2 });
  if (dots.length > columns || Math.ceil(dots.length / 2) > rows) return undefined;
  const lines: string[] = [];
  for (let y = 0; y < dots.length; y += 2)
    lines.push(BLACK_ON_WHITE + halfBlocks(dots[y] ?? [], dots[y + 1] ?? []) + PLAIN);
  return lines;
}

function halfBlocks(upper: readonly boolean[], lower: readonly boolean[]): string {
  return upper.map((dark, x) => HALF_BLOCKS[(dark ? 2 : 0) + (lower[x] === true ? 1 : 0)]).join("");
}
