import { useEffect, useState } from "react";
import type { Language } from "../../words/index.ts";

/** As `scripts/make-emoji.ts` writes it: emoji, name, tags, group, its five tones of skin. */
type Row = readonly [string, string, string, number, string];

export interface Emoji {
  readonly emoji: string;
  readonly label: string;
  readonly group: number;
  /** From light to dark; none where it has no skin. */
  readonly tones: readonly string[];
  /** All words by which it is found, without accents and case. */
  readonly words: string;
}

const FILES: Readonly<Record<Language, () => Promise<{ default: unknown }>>> = {
  en: () => import("../../emoji/en.json"),
  fr: () => import("../../emoji/fr.json"),
};

const known = new Map<Language, Promise<readonly Emoji[]>>();

async function read(language: Language): Promise<readonly Emoji[]> {
  const rows = (await FILES[language]()).default as readonly Row[];
  return rows.map(([emoji, label, tags, group, tones]) => ({
    emoji,
    label,
    group,
    tones: tones === "" ? [] : tones.split(" "),
    words: ` ${folded(`${label} ${tags}`)}`,
  }));
}

/** All emoji by their names in this language; undefined until they are loaded. */
export function useEmoji(language: Language): readonly Emoji[] | undefined {
  const [emoji, setEmoji] = useState<readonly Emoji[]>();
  useEffect(() => {
    let isWanted = true;
    const loading = known.get(language) ?? read(language);
    known.set(language, loading);
    loading.then(
      (all) => isWanted && setEmoji(all),
      // Asked for again the next time: the line may be back.
      () => known.delete(language),
    );
    return () => {
      isWanted = false;
    };
  }, [language]);
  return emoji;
}

const folded = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/**
 * Those of which each typed word begins a word of theirs; first those whose name begins with what
 * was typed.
 */
export function found(all: readonly Emoji[], typed: string): Emoji[] {
  const text = folded(typed.trim());
  const words = text.split(/\s+/u).filter(Boolean);
  const hits = all.filter((one) => one.emoji === typed.trim() || words.every((word) => one.words.includes(` ${word}`)));
  const isLater = ({ words: own }: Emoji): number => Number(!own.startsWith(` ${text}`));
  return hits.toSorted((one, other) => isLater(one) - isLater(other));
}
