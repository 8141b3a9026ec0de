import { useEffect, useState } from "react";
import { createDraft, type DraftKeeper } from "./draft.ts";

/**
 * A page that ends takes its worker along. It stays for this long, so that a draft on its way
 * reaches the device.
 */
const LAST_MS = 100;

function stay(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/**
 * The text in the field: kept as it is typed, and at once when the composer or the page goes
 * away.
 */
export function useDraft(shared: string, keeper: DraftKeeper) {
  const [text, setText] = useState(shared);
  const [draft] = useState(() => createDraft(shared, keeper, setText));
  useEffect(() => draft.onShared(shared), [draft, shared]);
  useEffect(() => {
    const hidden = () => {
      if (document.hidden) draft.flush();
    };
    const ends = () => {
      if (draft.flush()) stay(LAST_MS);
    };
    addEventListener("pagehide", ends);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      draft.flush();
      removeEventListener("pagehide", ends);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [draft]);
  const type = (typed: string) => {
    setText(typed);
    draft.typed(typed);
  };
  return { text, type, send: draft.send };
}
