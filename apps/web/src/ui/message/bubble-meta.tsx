import type { MessageView } from "@pli/engine/api";
import { HourglassIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { StateMark } from "./state.tsx";
import styles from "./bubble.module.css";

/** When a message was sent, when it disappears, and how far it has come. */
export function BubbleMeta({ message, last }: { message: MessageView; last: boolean }) {
  const words = useWords();
  const format = useFormat();
  const { sentAt, expiresAt, mine, read = 0 } = message;
  return (
    <span className={styles["meta"]}>
      {last && read > 0 && <span aria-hidden="true">{words.group.readBy(read)} ·</span>}
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
