import type { Language } from "@pli/engine/words";
import { en, type Words } from "./en.ts";
import { fr } from "./fr.ts";

export type { Words } from "./en.ts";

export const wordsFor = (language: Language): Words => (language === "fr" ? fr : en);
