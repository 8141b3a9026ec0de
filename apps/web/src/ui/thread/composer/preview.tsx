import { useDeferredValue, useMemo } from "react";
import { parseMarkdown, type BlockNode, type InlineNode } from "@pli/engine/content";
import { useWords } from "../../language.tsx";
import { Markdown } from "../../message/markdown.tsx";
import styles from "./preview.module.css";

/** Longer texts are shown once they are sent: what is typed must not wait. */
const MAX_LENGTH = 4_000;

/** Above the field: what is typed as the others will see it, once a mark in it means something. */
export function Preview({ text }: { text: string }) {
  const words = useWords();
  const shown = useDeferredValue(text);
  const isMarked = useMemo(() => shown.length <= MAX_LENGTH && parseMarkdown(shown).some(isMarkedBlock), [shown]);
  if (!isMarked) return null;
  return (
    <section className={styles["preview"]} aria-label={words.composer.preview}>
      <Markdown text={shown} onLink={undefined} reachable={false} />
    </section>
  );
}

const isMarkedBlock = (block: BlockNode): boolean => block.type !== "paragraph" || block.children.some(isMarkedPiece);

const isMarkedPiece = ({ type }: InlineNode): boolean => type !== "text" && type !== "break" && type !== "link";
