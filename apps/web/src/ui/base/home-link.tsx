import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import styles from "./home-link.module.css";

/** The way out of a page that leads nowhere: back to the conversations. */
export function HomeLink() {
  const words = useWords();
  return (
    <Link to="/" className={styles["link"]}>
      {words.app.home}
    </Link>
  );
}
