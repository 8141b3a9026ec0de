import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import styles from "./home-link.module.css";

/** The way out of a page that leads nowhere. */
export function WayOut({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className={styles["link"]}>
      {children}
    </Link>
  );
}

/** Back to the conversations. */
export function HomeLink() {
  const words = useWords();
  return <WayOut to="/">{words.app.home}</WayOut>;
}
