import { useMemo } from "react";
import { codeOf, shownPieces, type Mark } from "@pli/engine/content";
import { useWords } from "../language.tsx";
import styles from "./shown.module.css";

/**
 * How many marks of a text have an explanation of their own. All that follows is one piece of
 * text.
 */
const EXPLAINED = 200;

/**
 * A text as somebody wrote it; what would not be seen, or would turn or cover the rest, is a mark
 * that says what it is.
 */
export function Shown({ text }: { text: string }) {
  const pieces = useMemo(() => shownPieces(text), [text]);
  const first = pieces.slice(0, EXPLAINED);
  const rest = pieces.slice(EXPLAINED);
  return (
    <>
      {/* oxlint-disable-next-line react/no-array-index-key -- pieces of a text never move */}
      {first.map((piece, index) => (piece.type === "text" ? piece.text : <MarkView key={index} mark={piece} />))}
      {rest.map((piece) => (piece.type === "text" ? piece.text : codesOf(piece))).join("")}
    </>
  );
}

export function MarkView({ mark }: { mark: Mark }) {
  const words = useWords();
  const { reason, first, count } = mark;
  return (
    <abbr className={styles["mark"]} title={words.shown.marks[reason](words.shown.codes(codeOf(first), count - 1))}>
      {codesOf(mark)}
    </abbr>
  );
}

const codesOf = ({ first, count }: Mark): string => codeOf(first) + (count > 1 ? ` +${count - 1}` : "");
