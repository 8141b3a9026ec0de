import type { ReactNode } from "react";
import styles from "./empty.module.css";

/** Nothing here yet: what would be, and how to make it so. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon?: ReactNode;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className={styles["empty"]}>
      {icon !== undefined && <span className={styles["icon"]}>{icon}</span>}
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {children !== undefined && <div className={styles["actions"]}>{children}</div>}
    </div>
  );
}
