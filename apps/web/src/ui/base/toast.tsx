import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useErrorSentence } from "../language.tsx";
import { errorCode } from "../use-action.ts";
import styles from "./toast.module.css";

export interface Toasts {
  say(text: string): void;
  /** Runs a call whose success needs no word; its failure is said in a sentence. */
  attempt(call: Promise<unknown>, success?: string): void;
}

const ToastContext = createContext<Toasts>({ say: () => undefined, attempt: () => undefined });
/** Lets an element be the place of toasts, until the returned function is called. */
const PlaceContext = createContext<(place: HTMLElement | null) => () => void>(() => () => undefined);

export function useToasts(): Toasts {
  return useContext(ToastContext);
}

const SHOWN_MS = 5000;
/** A long sentence stays longer. */
const SHOWN_MS_EACH_CHAR = 60;

/**
 * Where toasts stand while this is on the screen: in the flow, so that they cover nothing. Of
 * several the last one serves; where there is none they stand at the foot of the window.
 */
export function ToastPlace() {
  const hold = useContext(PlaceContext);
  return <div ref={hold} className={styles["place"]} role="status" />;
}

/** One short sentence at a time, spoken politely, gone by itself. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [places, setPlaces] = useState<readonly HTMLElement[]>([]);
  const [foot, setFoot] = useState<HTMLElement | null>(null);
  const hold = useCallback((held: HTMLElement | null) => {
    if (held !== null) setPlaces((others) => [...others, held]);
    return () => setPlaces((all) => all.filter((other) => other !== held));
  }, []);
  const [toast, setToast] = useState<{ text: string; turn: number }>();
  const sentence = useErrorSentence();
  const say = useCallback((text: string) => setToast((last) => ({ text, turn: (last?.turn ?? 0) + 1 })), []);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const shownMs = Math.max(SHOWN_MS, toast.text.length * SHOWN_MS_EACH_CHAR);
    const timer = setTimeout(() => setToast(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [toast]);
  const toasts = useMemo<Toasts>(
    () => ({
      say,
      attempt(call, success) {
        call.then(
          () => success !== undefined && say(success),
          (error: unknown) => say(sentence(errorCode(error))),
        );
      },
    }),
    [say, sentence],
  );
  const place = places.at(-1) ?? foot;
  return (
    <ToastContext value={toasts}>
      <PlaceContext value={hold}>
        {children}
        <div ref={setFoot} className={[styles["place"], styles["foot"]].join(" ")} role="status" />
      </PlaceContext>
      {toast !== undefined && place !== null && createPortal(<p key={toast.turn}>{toast.text}</p>, place)}
    </ToastContext>
  );
}
