import { useMemo } from "react";
import type { Naming } from "@pli/engine/content";
import { useLive } from "./client.tsx";
import { useErrorSentence, useFormat, useWords, type Localization } from "./language.tsx";
import { useNaming } from "./naming.ts";

/** All that is needed to tell what happened to whoever is before the screen. */
export interface Wording extends Localization, Naming {
  /** Their own profile: it is "you", not a name. */
  self: string;
}

export function useWording(): Wording {
  const [words, format, sentence] = [useWords(), useFormat(), useErrorSentence()];
  const self = useLive("status", {})?.profile?.id ?? "";
  const naming = useNaming();
  return useMemo(() => ({ words, format, sentence, self, ...naming }), [words, format, sentence, self, naming]);
}
