import { useEffect, useState } from "react";
import { IconButton } from "../base/button.tsx";
import { HitList, ResultCount, useHits } from "../conversations/results.tsx";
import { CloseIcon, SearchIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./find.module.css";

/**
 * Looks for words in one conversation: the browser itself finds only what is in view. A hit that is
 * chosen is shown in the thread.
 */
export function Find({ conversation, onClose }: { conversation: string; onClose: () => void }) {
  const words = useWords();
  const [text, setText] = useState("");
  const query = text.trim();
  const hits = useHits(query, conversation);
  const { found, hasMore } = hits;
  return (
    <search className={styles["find"]}>
      <div className={styles["field"]}>
        <SearchIcon size={20} />
        <input
          type="search"
          aria-label={words.thread.find}
          placeholder={words.thread.find}
          autoComplete="off"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was opened to be written in
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
          }}
        />
        <IconButton label={words.app.close} onClick={onClose}>
          <CloseIcon size={18} />
        </IconButton>
      </div>
      {query !== "" && found !== undefined && (
        <div className={styles["hits"]}>
          <HitList hits={hits} text={query} onChoose={onClose} />
          {found.length === 0 && <p className={styles["none"]}>{words.list.nothing(query)}</p>}
        </div>
      )}
      <ResultCount count={query === "" ? undefined : found?.length} hasMore={hasMore} />
    </search>
  );
}

/**
 * Whether the search is open. Ctrl+F opens it; a second time, with the focus in it, it is the
 * browser's own.
 */
export function useFind(): [boolean, (open: boolean) => void] {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isFind =
        event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isFind || isOpen) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [isOpen]);
  return [isOpen, setOpen];
}
