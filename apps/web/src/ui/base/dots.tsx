import type { TrustLevel } from "@pli/engine/api";
import { useWords } from "../language.tsx";
import styles from "./dots.module.css";

/** The level of trust: as many dots filled as earned, and words for screen readers. */
export function TrustDots({ level }: { level: TrustLevel }) {
  const words = useWords();
  const name = words.contact.dots(level, words.contact.levels[level]);
  return (
    <span className={styles["dots"]} role="img" aria-label={name} title={words.contact.levels[level]}>
      {[1, 2, 3].map((dot) => (
        <span key={dot} className={dot <= level ? styles["filled"] : styles["hollow"]} />
      ))}
    </span>
  );
}
