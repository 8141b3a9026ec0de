import type { MessageView } from "@pli/engine/api";
import { HourglassIcon, StarIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { StateMark } from "./state.tsx";
import styles from "./bubble.module.css";

interface BubbleMetaProps {
  message: MessageView;
  last: boolean;
  /** What can be pressed is a stop of the tab key. */
  active: boolean;
  onVersions: () => void;
}

/** When a message was sent, when it disappears, and how far it has come. */
export function BubbleMeta({ message, last, active, onVersions }: BubbleMetaProps) {
  const words = useWords();
  const format = useFormat();
  const { sentAt, expiresAt, mine, read = 0, edited, starred } = message;
  return (
    <span className={styles["meta"]}>
      {last && read > 0 && <span aria-hidden="true">{words.group.readBy(read)} ·</span>}
      {starred === true && (
        <span role="img" className={styles["star"]} aria-label={words.thread.starred} title={words.thread.starred}>
          <StarIcon size={14} />
        </span>
      )}
      {edited !== undefined && (
        <button type="button" tabIndex={active ? 0 : -1} title={words.thread.versions} onClick={onVersions}>
          {words.thread.edited}
        </button>
      )}
      <time dateTime={new Date(sentAt).toISOString()} title={format.dateTime(sentAt)}>
        {format.time(sentAt)}
      </time>
      {expiresAt !== undefined && <Disappearing at={expiresAt} />}
      {mine && <StateMark message={message} />}
    </span>
  );
}

function Disappearing({ at }: { at: number }) {
  const words = useWords();
  const format = useFormat();
  const text = words.group.disappears(format.until(at, useNow()));
  return (
    <span role="img" aria-label={text} title={text}>
      <HourglassIcon size={14} />
    </span>
  );
}
