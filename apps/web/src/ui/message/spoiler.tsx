import { useEffect, useRef, useState, type ReactNode } from "react";
import { useWords } from "../language.tsx";
import styles from "./markdown.module.css";

/** As much room as the hidden text takes, up to some lines of it. */
const MAX_ROOM = 240;

interface SpoilerProps {
  /** The hidden text without its marks: only the lengths of its words are used. */
  plain: string;
  /** Whether it is a stop of the tab key. */
  reachable: boolean;
  children: ReactNode;
}

/** A part of a text that its author has hidden: it is not in the page until it is asked for. */
export function Spoiler({ plain, reachable, children }: SpoilerProps) {
  const words = useWords();
  const [isShown, setShown] = useState(false);
  const shown = useRef<HTMLSpanElement>(null);
  // The button that had the focus is gone.
  useEffect(() => {
    if (isShown) shown.current?.focus({ preventScroll: true });
  }, [isShown]);
  if (isShown)
    return (
      <span ref={shown} className={styles["revealed"]} tabIndex={-1}>
        {children}
      </span>
    );
  return (
    <button
      type="button"
      className={styles["spoiler"]}
      aria-label={words.thread.hiddenShow}
      title={words.thread.hiddenShow}
      tabIndex={reachable ? 0 : -1}
      onClick={() => setShown(true)}
    >
      {plain.slice(0, MAX_ROOM).replaceAll(/\S/gu, "x")}
    </button>
  );
}
