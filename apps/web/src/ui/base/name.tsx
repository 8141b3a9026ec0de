import { useWords } from "../language.tsx";
import { useNaming } from "../naming.ts";
import styles from "./shown.module.css";

/**
 * A name in a place of its own; of one that is like another the beginning of the fingerprint is
 * always in sight.
 */
export function Name({ id, name }: { id: string; name: string }) {
  const words = useWords();
  const { name: shown, id: begins } = useNaming().partsOf({ id, name });
  if (begins === undefined) return <bdi>{shown}</bdi>;
  return (
    <span className={styles["named"]}>
      <bdi>{shown}</bdi>
      <span className={styles["id"]} title={words.shown.alike(begins)}>
        [{begins}]
      </span>
    </span>
  );
}
