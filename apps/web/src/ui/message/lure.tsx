import type { MessageView } from "@pli/engine/api";
import { lureIn, type Lure } from "@pli/engine/content";
import { WarningIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./lure.module.css";

/** Whether a text of somebody else looks like one of a thief. */
export const lureOf = ({ mine, body }: MessageView): Lure | undefined =>
  mine || body.kind !== "text" ? undefined : lureIn(body.text);

/** Below a text that looks like one of a thief: what Pli never does. */
export function LureMark({ message }: { message: MessageView }) {
  const words = useWords();
  const lure = lureOf(message);
  if (lure === undefined) return null;
  return (
    <p className={styles["lure"]} role="note">
      <WarningIcon size={18} />
      <span>{words.thread.lures[lure]}</span>
    </p>
  );
}
