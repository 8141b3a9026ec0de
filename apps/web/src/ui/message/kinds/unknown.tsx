import { InfoIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import type { BubbleKind } from "./kind.ts";
import styles from "./unknown.module.css";

/** Content of a newer version of Pli: kept, and not shown. */
export const unknown: BubbleKind<"unknown"> = {
  shape: "bubble",
  line: (_message, _conversation, { words }) => words.thread.unknown,
  Content: NeedsNewerVersion,
};

function NeedsNewerVersion() {
  const words = useWords();
  return (
    <span className={styles["unknown"]}>
      <InfoIcon size={18} /> {words.thread.unknown}
    </span>
  );
}
