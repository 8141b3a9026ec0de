import type { ReactNode } from "react";
import { ForwardIcon } from "../icons.tsx";
import { Link, usePlace } from "../router.tsx";
import styles from "./open-list.module.css";

interface OpenRow {
  readonly to: string;
  readonly icon: ReactNode;
  readonly line: string;
  /** When it began, in ms. */
  readonly at: number;
  /** What is said of that time. */
  readonly when: string;
}

/** What waits for an answer, above the conversations. Nothing when there is nothing. */
export function OpenList({ title, rows, foot }: { title: string; rows: readonly OpenRow[]; foot?: ReactNode }) {
  const { path } = usePlace();
  if (rows.length === 0) return null;
  return (
    <section className={styles["open"]} aria-label={title}>
      <h2>{title}</h2>
      <ul className={styles["list"]}>
        {rows.map(({ to, icon, line, at, when }) => (
          <li key={to}>
            <Link to={to} className={styles["row"]} aria-current={path === to ? "page" : undefined} data-row>
              <span className={styles["icon"]}>{icon}</span>
              <span className={styles["name"]}>
                {line}
                <time dateTime={new Date(at).toISOString()}>{when}</time>
              </span>
              <ForwardIcon size={18} />
            </Link>
          </li>
        ))}
      </ul>
      {foot !== undefined && foot !== false && <div className={styles["foot"]}>{foot}</div>}
    </section>
  );
}
