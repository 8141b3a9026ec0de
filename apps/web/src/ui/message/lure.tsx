import type { MessageView } from "@pli/engine/api";
import { lureOf } from "@pli/engine/content";
import { WarningIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./lure.module.css";

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
