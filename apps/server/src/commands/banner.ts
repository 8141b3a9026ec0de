import qr from "qr";

/** The text for a terminal: the address, its QR code, and that the store is ready. */
export const bannerText = (origin: string, hasWebApp: boolean): string =>
  [
    qrText(origin),
    hasWebApp ? `Open ${origin}` : `Store address ${origin} (no web app was built)`,
    "Stop with Ctrl+C.",
    "ready",
  ].join("\n");

/** A QR code of half-height characters, black on white whatever the terminal's colours. */
const qrText = (text: string): string => {
  const rows = qr(text, "raw", { border: 2 });
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) lines.push(lineFrom(rows[y] ?? [], rows[y + 1] ?? []));
  return lines.join("\n");
};

const lineFrom = (upper: readonly boolean[], lower: readonly boolean[]): string =>
  `${upper.map((dark, x) => `\u001B[38;5;${shade(dark)};48;5;${shade(lower[x] ?? false)}m▀`).join("")}\u001B[0m`;

const shade = (dark: boolean): number => (dark ? 16 : 231);
