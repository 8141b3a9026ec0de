import { useLayoutEffect, useState } from "react";
import { Mark } from "../icons.tsx";
import { usePreferences, useWords } from "../language.tsx";
import { isAttended } from "./sight.ts";
import styles from "./veil.module.css";

/**
 * Hides everything while Pli is not in front, where the person wants that: nothing is blurred that
 * could be read in spite of it, and the picture that a system takes for its list of apps shows
 * nothing. The page hides in the event itself, before the next frame; the rest may follow.
 */
export function Veil() {
  const words = useWords();
  const { veil } = usePreferences();
  const [isVeiled, setVeiled] = useState(false);
  useLayoutEffect(() => {
    if (!veil) return undefined;
    const set = (hidden: boolean) => {
      document.documentElement.toggleAttribute("data-veiled", hidden);
      setVeiled(hidden);
    };
    const hide = () => set(true);
    const show = () => set(false);
    const look = () => set(!isAttended());
    look();
    for (const name of ["blur", "pagehide"] as const) addEventListener(name, hide);
    for (const name of ["focus", "pointerdown", "keydown"] as const) addEventListener(name, show, true);
    document.addEventListener("visibilitychange", look);
    return () => {
      show();
      for (const name of ["blur", "pagehide"] as const) removeEventListener(name, hide);
      for (const name of ["focus", "pointerdown", "keydown"] as const) removeEventListener(name, show, true);
      document.removeEventListener("visibilitychange", look);
    };
  }, [veil]);
  return (
    <div className={styles["veil"]} role="status">
      {isVeiled && (
        <>
          <Mark size={56} />
          <p>{words.privacy.veiled}</p>
        </>
      )}
    </div>
  );
}
