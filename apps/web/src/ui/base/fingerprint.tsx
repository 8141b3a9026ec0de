import styles from "./fingerprint.module.css";

/** The first 16 bytes of a profile id in groups of four: short enough to read aloud. */
export function fingerprintOf(id: string): string[] {
  return id.slice(0, 32).match(/.{1,4}/gu) ?? [];
}

export function Fingerprint({ id }: { id: string }) {
  return (
    <p className={styles["fingerprint"]}>
      {fingerprintOf(id).map((group, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- groups never move
        <span key={index}>{group} </span>
      ))}
    </p>
  );
}
