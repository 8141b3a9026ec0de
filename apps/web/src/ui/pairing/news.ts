import { useEffect } from "react";
import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { watchPairingNews } from "@pli/engine/pairing-news";
import { pairingAddress } from "../address.ts";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import type { Words } from "../../words/index.ts";

/** How one ended, in a few words. */
export function endOf({ error = "" }: PairingView, words: Words): string {
  const { ends, endedOtherwise } = words.pairingEnd;
  return Object.hasOwn(ends, error) ? ends[error as keyof typeof ends] : endedOtherwise;
}

/**
 * The name that distinguishes an invitation: the one given to it here, or the name of the other
 * side.
 */
export function labelOf({ name, peer }: PairingView): string {
  return name === "" ? shownName(peer ?? "") : shownName(name);
}

/**
 * Says on every page what happens to an invitation, except on its own page, which shows it.
 */
export function usePairingToasts(): void {
  const api = useApi();
  const words = useWords();
  const { say } = useToasts();
  useEffect(
    () =>
      watchPairingNews(api, ({ what, pairing }) => {
        if (document.hidden || location.pathname === pairingAddress(pairing.id)) return;
        if (what === "answered") say(words.pair.news.answered(shownName(pairing.peer ?? "")));
        else say(words.pair.news.ended(labelOf(pairing), endOf(pairing, words)));
      }),
    [api, words, say],
  );
}
