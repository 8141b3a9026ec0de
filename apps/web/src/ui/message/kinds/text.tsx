import { useState } from "react";
import { parseMarkdown, plainFromMarkdown, shownText } from "@pli/engine/content";
import { useWords } from "../../language.tsx";
import { useLockdown } from "../../settings/lockdown.ts";
import { isLargeEmoji } from "../large-emoji.ts";
import { firstPart } from "../long.ts";
import { LureMark } from "../lure.tsx";
import { Markdown } from "../markdown.tsx";
import type { BubbleKind, ContentProps } from "./kind.ts";
import styles from "./text.module.css";

export const text: BubbleKind<"text"> = {
  shape: "bubble",
  line: ({ body }, _, { words }) =>
    shownText(plainFromMarkdown(parseMarkdown(body.text), words.thread.hidden) || body.text),
  typed: ({ body }) => body.text,
  Content: TextContent,
};

/** Long texts that were unfolded: rows of a thread come and go. */
const unfolded = new Set<string>();

function TextContent({ message, active, actions }: ContentProps<"text">) {
  const words = useWords();
  const isLockedDown = useLockdown();
  const { id, mine, body } = message;
  const [isWhole, setWhole] = useState(() => unfolded.has(id));
  const first = isWhole ? undefined : firstPart(body.text);
  const onLink = isLockedDown && !mine ? undefined : actions.openLink;
  if (isLargeEmoji(body.text)) return <p className={styles["emoji"]}>{body.text}</p>;
  const unfold = () => {
    unfolded.add(id);
    setWhole(true);
  };
  return (
    <>
      <Markdown text={first === undefined ? body.text : `${first}…`} onLink={onLink} reachable={active} />
      {first !== undefined && (
        <button type="button" className={styles["more"]} tabIndex={active ? 0 : -1} onClick={unfold}>
          {words.thread.readMore}
        </button>
      )}
      <LureMark message={message} />
    </>
  );
}
