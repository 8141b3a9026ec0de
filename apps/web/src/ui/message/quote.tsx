import type { QuoteView } from "@pli/engine/api";
import { parseMarkdown, plainFromMarkdown, shownText } from "@pli/engine/content";
import { useWording, type Wording } from "../wording.ts";
import styles from "./quote.module.css";

/** Whose message is quoted, as the reader knows them; empty when it is not here. */
export function quotedAuthor({ mine, from, fromName }: QuoteView, { words, nameOf }: Wording): string {
  if (mine === true) return words.app.you;
  return from === undefined ? "" : nameOf({ id: from, name: fromName ?? "" });
}

/** How the quoted message begins, or why nothing of it can be shown. */
export function quotedText({ state, text = "" }: QuoteView, { words }: Wording): string {
  if (state === "missing") return words.thread.quoteMissing;
  if (state === "deleted") return words.thread.quoteDeleted;
  return shownText(plainFromMarkdown(parseMarkdown(text), words.thread.hidden) || text) || words.thread.unknown;
}

interface QuoteProps {
  quote: QuoteView;
  /** It is a stop of the tab key. */
  reachable: boolean;
  onShow: (order: number) => void;
}

/** The message that another one answers; a click leads to it. */
export function Quote({ quote, reachable, onShow }: QuoteProps) {
  const wording = useWording();
  const author = quotedAuthor(quote, wording);
  const { order } = quote;
  const inside = (
    <>
      {author !== "" && <strong>{author}</strong>}
      <span>{quotedText(quote, wording)}</span>
    </>
  );
  if (order === undefined) return <p className={styles["quote"]}>{inside}</p>;
  return (
    <button
      type="button"
      className={styles["quote"]}
      title={wording.words.thread.quoteShow}
      tabIndex={reachable ? 0 : -1}
      onClick={() => onShow(order)}
    >
      {inside}
    </button>
  );
}
