import { useCallback, useEffect, useRef, useState } from "react";

/** The stable code of anything a call rejected with. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "internal";
}

export interface Action<A extends unknown[]> {
  run: (...parameters: A) => void;
  busy: boolean;
  error: string | undefined;
  clear: () => void;
}

/** Wraps a call: one at a time, its failure kept as a code to show. */
export function useAction<A extends unknown[]>(act: (...parameters: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const latest = useRef(act);
  const running = useRef(false);
  useEffect(() => {
    latest.current = act;
  });
  const run = useCallback((...parameters: A) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    latest
      .current(...parameters)
      .catch((failure: unknown) => setError(errorCode(failure)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { run, busy, error, clear };
}
