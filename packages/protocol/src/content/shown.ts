/**
 * What of somebody's text people see. A character that shows nothing, turns the direction of what
 * follows, moves a cursor or piles up on another is not taken away: it becomes a mark that says
 * which it is. What writing needs stays as it is: joiners in Persian, Indic scripts and emoji, the
 * flags of England, Scotland and Wales, vowel points, accents.
 *
 * The properties are those JavaScript knows (`\p{…}`); the few ranges are from the code charts of
 * Unicode 16.
 */

/**
 * Why a character is marked: it acts, it turns the direction, nobody sees it, it piles up on
 * others.
 */
export type MarkReason = "control" | "direction" | "invisible" | "stacked";

/** Characters in a row that are not shown as they are: the first of them, and how many. */
export interface Mark {
  readonly type: "mark";
  readonly reason: MarkReason;
  readonly first: number;
  readonly count: number;
}

export type ShownPiece = { readonly type: "text"; readonly text: string } | Mark;

/**
 * How many may stand on one character. Accents of any script: Vietnamese needs two, Greek four.
 * Points of their own script: Hebrew with cantillation needs six.
 */
const MOST = { accents: 4, points: 6 } as const;
/** So far around a mark of direction a letter written from right to left is looked for. */
const NEAR = 8;

const RTL = String.raw`\p{scx=Hebrew}\p{scx=Arabic}\p{scx=Syriac}\p{scx=Thaana}\p{scx=Nko}\p{scx=Adlam}\p{scx=Hanifi_Rohingya}\p{scx=Samaritan}\p{scx=Mandaic}`;
const INDIC = String.raw`\p{scx=Devanagari}\p{scx=Bengali}\p{scx=Gurmukhi}\p{scx=Gujarati}\p{scx=Oriya}\p{scx=Tamil}\p{scx=Telugu}\p{scx=Kannada}\p{scx=Malayalam}\p{scx=Sinhala}`;
const SOUTH_EAST = String.raw`\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;

const SUSPECT = /[\p{Cc}\p{Cs}\p{DI}\p{Zl}\p{Zp}\p{Mn}\p{Me}\ufff9-\ufffb\u2800]/u;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\ufff9-\ufffb]/u;
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const HIDDEN = /[\p{DI}\u2800]/u;
const PILES = /[\p{Mn}\p{Me}]/u;
const ACCENT = /[\u0300-\u036f]|[\u0483-\u0489]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/u;
const STANDS = /[^\s\p{Cc}\p{DI}\u2800]|[ \u00a0]/u;
/** Letters only: accents of any script stand in some of these too. */
const RTL_LETTER = new RegExp(String.raw`(?=\p{L})[${RTL}]`, "u");
const LETTER = /[\p{L}\p{N}]/u;
const JOINS = new RegExp(
  String.raw`(?![\u0300-\u036f])[${RTL}${INDIC}\p{scx=Mongolian}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]`,
  "u",
);
const UNSPACED = new RegExp(`[${SOUTH_EAST}]`, "u");
/** An emoji of several characters, a keycap, one of the three flags made of tags. */
const EMOJI =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}|\p{ExtPict}(?:[\ufe0e\ufe0f]|\p{EMod})?(?:\u200d\p{ExtPict}(?:\ufe0f|\p{EMod})?){0,3}|[0-9#*]\ufe0f?\u20e3/uy;

/**
 * How a text is to be read: as lines, or as a name, in which a line break or a tab is one more
 * character nobody should miss.
 */
export type Lines = "lines" | "one line";

/**
 * The pieces of a text, in order; of well-formed text the texts and the marks together are all of
 * it. Linear in the length, whatever the text.
 */
export function shownPieces(text: string, lines: Lines = "lines"): ShownPiece[] {
  const wellFormed = text.toWellFormed();
  return SUSPECT.test(wellFormed) ? piecesOf(wellFormed, lines) : [{ type: "text", text: wellFormed }];
}

/** A message of nothing but spaces and line breaks, as one mark; undefined for any other. */
export function blankMark(text: string): Mark | undefined {
  if (text.trim() !== "") return undefined;
  return { type: "mark", reason: "invisible", first: text.codePointAt(0) ?? 0, count: Array.from(text).length };
}

/** The text with its marks written out: for a terminal, a label, a notification. */
export function shownText(text: string, lines: Lines = "lines"): string {
  return shownPieces(text, lines)
    .map((piece) => (piece.type === "text" ? piece.text : markText(piece)))
    .join("");
}

/** A mark in characters: `⟨U+202E⟩`, or `⟨U+200B +4⟩` for five in a row. */
export function markText({ first, count }: Mark): string {
  return `⟨${codeOf(first)}${count > 1 ? ` +${count - 1}` : ""}⟩`;
}

/** A character by the number Unicode gives it: `U+202E`. */
export const codeOf = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * Whether a text has letters written from right to left: between other words it needs to be
 * isolated.
 */
export const hasRightToLeft = (text: string): boolean => RTL_LETTER.test(text);

/** Latin letters, digits and signs, which need no closer look. */
function isPlain(char: string | undefined): boolean {
  const code = char?.codePointAt(0) ?? 0;
  return (code >= 0x20 && code < 0x7f) || (code > 0xae && code < 0x300);
}

const isKeycap = (after: string | undefined): boolean => after === "\ufe0f" || after === "\u20e3";

function piecesOf(text: string, lines: Lines): ShownPiece[] {
  const pieces: Growing[] = [];
  const chars = Array.from(text);
  const hasBraille = /[\u2801-\u28ff]/u.test(text);
  /**
   * Accents and points on the last character that one can stand on; undefined where there is none.
   */
  let piled: { accents: number; points: number } | undefined;
  for (let at = 0, offset = 0; at < chars.length;) {
    const length = isPlain(chars[at]) && !isKeycap(chars[at + 1]) ? 0 : emojiAt(offset);
    const shown = length === 0 ? (chars[at] ?? "") : text.slice(offset, offset + length);
    const reason = length > 1 ? undefined : reasonAt(at, shown);
    if (reason === undefined) addText(shown);
    else addMark(reason, shown.codePointAt(0) ?? 0);
    at += length === 0 ? 1 : Array.from(shown).length;
    offset += shown.length;
  }
  return pieces;

  function emojiAt(offset: number): number {
    EMOJI.lastIndex = offset;
    const length = EMOJI.exec(text)?.[0].length ?? 0;
    if (length > 0) piled = { accents: 0, points: 0 };
    return length;
  }

  function reasonAt(at: number, char: string): MarkReason | undefined {
    if (isPlain(char)) return leave(char);
    if (lines === "lines" && (char === "\n" || char === "\t")) return leave(char);
    if (CONTROL.test(char)) return mark("control");
    if (DIRECTION.test(char)) return turnsNeeded(at, char) ? undefined : mark("direction");
    if (HIDDEN.test(char)) return isNeeded(at, char) ? undefined : mark("invisible");
    if (!PILES.test(char)) return leave(char);
    const kind = ACCENT.test(char) ? "accents" : "points";
    if (piled === undefined || piled[kind] >= MOST[kind]) return mark("stacked");
    piled[kind] += 1;
    return undefined;
  }

  function leave(char: string): undefined {
    piled = isPlain(char) || STANDS.test(char) ? { accents: 0, points: 0 } : undefined;
  }

  /** Behind a mark nothing of ours is to be stood on. */
  function mark(reason: MarkReason): MarkReason {
    piled = undefined;
    return reason;
  }

  /**
   * A plain mark of direction beside words that are written from right to left; embeddings and
   * overrides never.
   */
  function turnsNeeded(at: number, char: string): boolean {
    if (!/[\u061c\u200e\u200f]/u.test(char) || HIDDEN.test(chars[at - 1] ?? "")) return false;
    return [1, -1].some((step) => RTL_LETTER.test(letterFrom(at, step)));
  }

  function letterFrom(at: number, step: number): string {
    for (let i = 1; i <= NEAR; i++) {
      const char = chars[at + i * step] ?? "";
      if (LETTER.test(char)) return char;
    }
    return "";
  }

  /** One character that writing needs where it stands. */
  function isNeeded(at: number, char: string): boolean {
    const isAfterMark = pieces.at(-1)?.type === "mark";
    const [before, after] = [isAfterMark ? "" : (chars[at - 1] ?? ""), chars[at + 1] ?? ""];
    switch (char) {
      case "\u200c":
      case "\u200d":
        return JOINS.test(before) || (JOINS.test(after) && !HIDDEN.test(before));
      case "\u200b":
        return UNSPACED.test(before) && UNSPACED.test(after);
      case "\u115f":
        return /[\u1160-\u11a7]/u.test(after);
      case "\u1160":
        return /[\u1100-\u115f]/u.test(before);
      case "\u2800":
        return hasBraille;
      case "\ufe00":
      case "\ufe01":
      case "\ufe02":
      case "\ufe0e":
      case "\ufe0f":
        return /[\p{S}\p{sc=Han}\p{sc=Myanmar}\p{sc=Phags_Pa}]/u.test(before);
      default:
        if (/[\u{e0100}-\u{e01ef}]/u.test(char)) return /\p{sc=Han}/u.test(before);
        return /[\u180b-\u180f]/u.test(char) && /[\u1820-\u18aa]/u.test(before);
    }
  }

  function addText(shown: string): void {
    const last = pieces.at(-1);
    if (last?.type === "text") last.text += shown;
    else pieces.push({ type: "text", text: shown });
  }

  function addMark(reason: MarkReason, first: number): void {
    const last = pieces.at(-1);
    if (last?.type === "mark" && last.reason === reason) last.count += 1;
    else pieces.push({ type: "mark", reason, first, count: 1 });
  }
}

/** A piece while it grows. */
type Growing = { type: "text"; text: string } | { type: "mark"; reason: MarkReason; first: number; count: number };
