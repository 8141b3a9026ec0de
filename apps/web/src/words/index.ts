import { en } from "./en.ts";
import { fr, type Words } from "./fr.ts";

export type { Words } from "./fr.ts";
export type Language = "fr" | "en";

const all: Record<Language, Words> = { fr, en };

export function wordsOf(language: Language): Words {
  return all[language];
}

/** The first language of a browser's list that the app speaks; English when there is none. */
export function languageFrom(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === "fr" || language === "en") return language;
  }
  return "en";
}
