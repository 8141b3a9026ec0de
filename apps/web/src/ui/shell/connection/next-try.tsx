import { useSyncExternalStore } from "react";
import { useFormat, useWords } from "../../language.tsx";
import { useNow } from "../now.ts";

/** When a store is called next, counted down. Seen, not read out each second. */
export function NextTry({ at }: { at: number | undefined }) {
  const words = useWords();
  const format = useFormat();
  const now = useNow(at === undefined ? 60_000 : 1000);
  return <span aria-live="off">{at === undefined ? words.away.trying : words.away.next(format.soon(at, now))}</span>;
}

/** Whether the device says that it has a network. It may be wrong when it says yes. */
export function useNetwork(): boolean {
  return useSyncExternalStore(followNetwork, () => navigator.onLine);
}

function followNetwork(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}
