import { useMemo } from "react";
import { useLive } from "./client.tsx";
import { useErrorSentence, useFormat, useWords, type Speaker } from "./language.tsx";

/** All that is needed to tell what happened to whoever is before the screen. */
export interface Teller extends Speaker {
  /** Their own profile: it is "you", not a name. */
  self: string;
}

export function useTeller(): Teller {
  const [words, format, sentence] = [useWords(), useFormat(), useErrorSentence()];
  const self = useLive("status", {})?.profile?.id ?? "";
  return useMemo(() => ({ words, format, sentence, self }), [words, format, sentence, self]);
}
