import styles from "./spinner.module.css";

/** A quiet sign that something is under way, with the words for it. */
export function Waiting({ text, detail }: { text: string; detail?: string }) {
  return (
    <div className={styles["waiting"]} role="status">
      <span className={styles["ring"]} aria-hidden="true" />
      <p>
        <strong>{text}</strong>
        {detail !== undefined && <span>{detail}</span>}
      </p>
    </div>
  );
}
