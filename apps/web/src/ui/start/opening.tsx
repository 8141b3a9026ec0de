import { Mark } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./start.module.css";

/** While the database opens: nothing at first, for it is quick, then a word. */
export function Opening() {
  const words = useWords();
  return (
    <main className={styles["opening"]}>
      <Mark size={56} />
      <p role="status">{words.app.starting}</p>
    </main>
  );
}
