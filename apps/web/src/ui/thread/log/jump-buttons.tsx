import { DownIcon, UpIcon } from "../../icons.tsx";
import { useFormat, useWords } from "../../language.tsx";
import styles from "./log.module.css";

/** Leads to the first unread message, above. */
export function JumpToUnread({ unread, onJump }: { unread: number; onJump: () => void }) {
  const words = useWords();
  return (
    <button type="button" className={[styles["jump"], styles["up"]].join(" ")} onClick={onJump}>
      <UpIcon size={18} /> {words.thread.jumpUnread(unread)}
    </button>
  );
}

/** Leads to the end; `unread` of the messages there are not read. */
export function JumpToEnd({ unread, onJump }: { unread: number; onJump: () => void }) {
  const words = useWords();
  const format = useFormat();
  return (
    <button
      type="button"
      className={[styles["jump"], styles["down"]].join(" ")}
      aria-label={unread > 0 ? words.thread.jumpNew(unread) : words.thread.jumpLatest}
      title={words.thread.jumpLatest}
      onClick={onJump}
    >
      {unread > 0 && <span className={styles["count"]}>{format.number(unread)}</span>}
      <DownIcon size={22} />
    </button>
  );
}
