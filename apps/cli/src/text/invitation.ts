import type { Words } from "../words/index.ts";
import { qrLines, qrRoom } from "./qr.ts";
import type { Style } from "./style.ts";
import { wrap } from "./width.ts";

/** An invitation's link, and the size of the screen that shows it. */
export interface InvitationShown {
  words: Words;
  style: Style;
  link: string;
  /** Until when the link can be opened, in words. */
  until: string;
  columns: number;
  rows: number;
  /** Rows of the screen that something else takes. */
  others: number;
}

/**
 * An invitation as lines of a screen: a QR code and the link below it. Where the code does not fit,
 * a hint says how large the window has to be. The link is one line or, with `cut`, lines of the
 * screen's width. Outside a terminal, where `columns` is infinite, there is no code and no hint.
 */
export function invitationLines(shown: InvitationShown, cut: boolean): { lines: string[]; hasCode: boolean } {
  const { words, style, link, columns, rows } = shown;
  const linkLines = (cut ? pieces(link, columns) : [link]).map(style.accent);
  const { title, about } = sentences(shown, columns);
  const code = qrLines(link, columns, rows - rowsBeside(shown, columns));
  if (code !== undefined) return { lines: [...title, "", ...code, "", ...linkLines, "", ...about], hasCode: true };
  const lines = [...wrap(words.pairing.sendLink, columns), "", ...linkLines, ""];
  if (columns === Infinity) return { lines: [...lines, ...about], hasCode: false };
  const room = qrRoom(link);
  const enough = Math.max(columns, room.columns);
  const hint = words.pairing.enlarge(enough, room.rows + rowsBeside(shown, enough));
  return { lines: [...lines, ...wrap(hint, columns).map(style.dim), ...about], hasCode: false };
}

const sentences = ({ words, until }: InvitationShown, columns: number): { title: string[]; about: string[] } => ({
  title: wrap(words.pairing.send, columns),
  about: [...wrap(words.pairing.until(until), columns), ...wrap(words.pairing.why, columns)],
});

/** How many rows everything but the QR code takes. Three of them are empty. */
function rowsBeside(shown: InvitationShown, columns: number): number {
  const { title, about } = sentences(shown, columns);
  return title.length + about.length + pieces(shown.link, columns).length + 3 + shown.others;
}

const pieces = (text: string, columns: number): string[] =>
  Array.from({ length: Math.ceil(text.length / columns) }, (_, i) => text.slice(i * columns, (i + 1) * columns));
