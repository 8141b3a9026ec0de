import { useMemo } from "react";
import type { Naming } from "@pli/engine/content";
import { useErrorSentence, useFormat, useWords, type Localization } from "./language.tsx";
import { useNaming } from "./naming.ts";
import { useProfile } from "./profile.ts";

/** All it takes to put an event into words for the person at the screen. */
export interface Wording extends Localization, Naming {
  /** Their own profile: it is "you", not a name. */
  self: string;
}

export function useWording(): Wording {
  const [words, format, sentence] = [useWords(), useFormat(), useErrorSentence()];
  const self = useProfile()?.id ?? "";
  const naming = useNaming();
  return useMemo(() => ({ words, format, sentence, self, ...naming }), [words, format, sentence, self, naming]);
}
