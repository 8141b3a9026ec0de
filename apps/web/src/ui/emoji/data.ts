import { foldedText } from "@pli/engine/content";
import type { Language } from "../../words/index.ts";

/** As `scripts/make-emoji.ts` writes it: emoji, name, tags, group, its five tones of skin. */
type Row = readonly [string, string, string, number, string];

export interface Emoji {
  readonly emoji: string;
  readonly label: string;
  readonly group: number;
  /** From light to dark; none where it has no skin. */
  readonly tones: readonly string[];
  /** All words by which it is found, as search compares them. */
  readonly words: string;
}

const FILES: Readonly<Record<Language, () => Promise<{ default: unknown }>>> = {
  en: () => import("../../emoji/en.json"),
  fr: () => import("../../emoji/fr.json"),
};

const known = new Map<Language, readonly Emoji[]>();

/** All emoji by their names in this language. Rejects when they cannot be loaded now. */
export async function loadEmoji(language: Language): Promise<readonly Emoji[]> {
  const before = known.get(language);
  if (before !== undefined) return before;
  const rows = (await FILES[language]()).default as readonly Row[];
  const all = rows.map(([emoji, label, tags, group, tones]) => ({
    emoji,
    label,
    group,
    tones: tones === "" ? [] : tones.split(" "),
    words: ` ${foldedText(`${label} ${tags}`)}`,
  }));
  known.set(language, all);
  return all;
}

/**
 * Those of which each typed word begins a word of theirs; first those whose name begins with what
 * was typed.
 */
export function found(all: readonly Emoji[], typed: string): Emoji[] {
  const text = foldedText(typed.trim());
  const words = text.split(/\s+/u).filter(Boolean);
  const hits = all.filter((one) => one.emoji === typed.trim() || words.every((word) => one.words.includes(` ${word}`)));
  const isLater = ({ words: own }: Emoji): number => Number(!own.startsWith(` ${text}`));
  return hits.toSorted((one, other) => isLater(one) - isLater(other));
}
