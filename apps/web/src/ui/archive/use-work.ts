/** Work on a file: one at a time, with its progress, and a way to stop it. */
import { useCallback, useEffect, useRef, useState } from "react";
// Not the whole package: it is loaded for the work alone.
import { percentOf, type Progress, type Work } from "@pli/archive/work";
import { errorCode } from "../use-action.ts";

export interface Working<R> {
  /** Undefined while nothing runs; before anything is known, without progress. */
  readonly running: { readonly progress: Progress | undefined } | undefined;
  readonly result: R | undefined;
  readonly error: string | undefined;
  /** It was stopped by the person. */
  readonly isStopped: boolean;
  run(work: (work: Work) => Promise<R | undefined>): void;
  stop(): void;
  clear(): void;
}

/** Stops the work when the screen is left. */
export function useWork<R>(): Working<R> {
  const [running, setRunning] = useState<Working<R>["running"]>();
  const [outcome, setOutcome] = useState<{ result?: R | undefined; error?: string; isStopped?: true }>({});
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const run = useCallback((work: (work: Work) => Promise<R | undefined>) => {
    if (controller.current !== undefined) return;
    const stopping = new AbortController();
    controller.current = stopping;
    let shown = "";
    const onProgress = (progress: Progress): void => {
      const next = `${progress.step} ${percentOf(progress)}`;
      if (next === shown) return;
      shown = next;
      setRunning({ progress });
    };
    setOutcome({});
    setRunning({ progress: undefined });
    work({ signal: stopping.signal, onProgress })
      .then(
        (result) => setOutcome({ result }),
        (error: unknown) => setOutcome(stopping.signal.aborted ? { isStopped: true } : { error: errorCode(error) }),
      )
      .finally(() => {
        controller.current = undefined;
        setRunning(undefined);
      });
  }, []);
  const stop = useCallback(() => controller.current?.abort(), []);
  const clear = useCallback(() => setOutcome({}), []);
  return {
    running,
    result: outcome.result,
    error: outcome.error,
    isStopped: outcome.isStopped === true,
    run,
    stop,
    clear,
  };
}
