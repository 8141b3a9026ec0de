import type { Words } from "../words/index.ts";
import { qrLines, qrRoom } from "./qr.ts";
import type { Style } from "./style.ts";
import { wrap } from "./width.ts";

/** What an invitation's link is shown with, and on how large a screen. */
export interface InvitationShown {
  words: Words;
  style: Style;
  link: string;
  /** Until when it can be opened, in words. */
  until: string;
  columns: number;
  rows: number;
  /** Rows of the screen that something else takes. */
  others: number;
}

/**
 * An invitation as lines of a screen: a code and the link below it. Where a code does not fit whole
 * beside all that, there is none, and it is said how large the window has to be. The link stands on
 * the screen in either case, as one line or, with `cut`, as lines of the screen's width. Out of a
 * terminal (`columns` without end) there is no code and no word of one.
 */
export function invitationLines(p: InvitationShown, cut: boolean): { lines: string[]; hasCode: boolean } {
  const { words, style, link, columns } = p;
  const linkLines = (cut ? pieces(link, columns) : [link]).map(style.accent);
  const { title, about } = sentences(p, columns);
  const code = qrLines(link, columns, p.rows - rowsBeside(p, columns));
  if (code !== undefined) return { lines: [...title, "", ...code, "", ...linkLines, "", ...about], hasCode: true };
  const shown = [...wrap(words.pairing.sendLink, columns), "", ...linkLines, ""];
  if (columns === Infinity) return { lines: [...shown, ...about], hasCode: false };
  const room = qrRoom(link);
  const enough = Math.max(columns, room.columns);
  const hint = words.pairing.enlarge(enough, room.rows + rowsBeside(p, enough));
  return { lines: [...shown, ...wrap(hint, columns).map(style.dim), ...about], hasCode: false };
}

const sentences = ({ words, until }: InvitationShown, columns: number): { title: string[]; about: string[] } => ({
  title: wrap(words.pairing.send, columns),
  about: [...wrap(words.pairing.until(until), columns), ...wrap(words.pairing.why, columns)],
});

/**
 * How many rows everything but the code takes on a screen of this width. Three of them are empty.
 */
function rowsBeside(p: InvitationShown, columns: number): number {
  const { title, about } = sentences(p, columns);
  return title.length + about.length + pieces(p.link, columns).length + 3 + p.others;
}

const pieces = (text: string, columns: number): string[] =>
  Array.from({ length: Math.ceil(text.length / columns) }, (_, i) => text.slice(i * columns, (i + 1) * columns));
