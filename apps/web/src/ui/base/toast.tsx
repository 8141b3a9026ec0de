import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useErrorSentence } from "../language.tsx";
import { errorCode } from "../client.tsx";
import styles from "./toast.module.css";

interface Toasts {
  say(text: string): void;
  /** Runs a call whose success needs no word; its failure is said in a sentence. */
  attempt(call: Promise<unknown>, success?: string): void;
}

const ToastContext = createContext<Toasts>({ say: () => undefined, attempt: () => undefined });

export function useToasts(): Toasts {
  return useContext(ToastContext);
}

const SHOWN_MS = 5000;

/** One short sentence at a time at the foot of the page, spoken politely, gone by itself. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<{ text: string; turn: number }>();
  const sentence = useErrorSentence();
  const say = useCallback((text: string) => setToast((last) => ({ text, turn: (last?.turn ?? 0) + 1 })), []);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => setToast(undefined), SHOWN_MS);
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
  return (
    <ToastContext value={toasts}>
      {children}
      <div className={styles["region"]} role="status">
        {toast !== undefined && <p key={toast.turn}>{toast.text}</p>}
      </div>
    </ToastContext>
  );
}
