import { useEffect, useState } from "react";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "./now.ts";

/** When a store is called next, counted down. Seen, not read out each second. */
export function NextTry({ at }: { at: number | undefined }) {
  const words = useWords();
  const format = useFormat();
  const now = useNow(at === undefined ? 60_000 : 1000);
  return <span aria-live="off">{at === undefined ? words.away.trying : words.away.next(format.soon(at, now))}</span>;
}

/** Whether the device says that it has a network. It may be wrong when it says yes. */
export function useNetwork(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const changed = () => setOnline(navigator.onLine);
    addEventListener("online", changed);
    addEventListener("offline", changed);
    return () => {
      removeEventListener("online", changed);
      removeEventListener("offline", changed);
    };
  }, []);
  return online;
}
