import { useState, type ReactNode } from "react";
import { useGiven } from "../naming.ts";
import { Button } from "../base/button.tsx";
import { Filter } from "../base/filter.tsx";
import { ranked } from "../conversations/match.ts";
import { useWords } from "../language.tsx";
import styles from "./group.module.css";

/**
 * How many are shown at first, and how many more each time: a thousand rows at once would be slow
 * to build and to listen to.
 */
const STEP = 50;
/** From this many on, a list can be searched. */
const SEARCHED = 12;

interface NamesProps<T extends { id: string; name: string }> {
  items: readonly T[];
  search: string;
  nothing: (text: string) => string;
  children: (item: T) => ReactNode;
}

/** A list of people, searched when it is long and shown a part at a time. */
export function Names<T extends { id: string; name: string }>({ items, search, nothing, children }: NamesProps<T>) {
  const words = useWords();
  const [text, setText] = useState("");
  const [limit, setLimit] = useState(STEP);
  const given = useGiven();
  const found = ranked(items, text, { who: (item) => item, given });
  const rest = Math.min(STEP, found.length - limit);
  return (
    <div className={styles["names"]}>
      {items.length > SEARCHED && (
        <div className={styles["search"]}>
          <Filter label={search} value={text} onChange={setText} />
        </div>
      )}
      {found.length === 0 && text !== "" ? (
        <p className={styles["none"]}>{nothing(text.trim())}</p>
      ) : (
        <ul className={styles["list"]}>
          {found.slice(0, limit).map((item) => (
            <li key={item.id}>{children(item)}</li>
          ))}
        </ul>
      )}
      <p className="hidden" role="status">
        {text !== "" && words.group.choose.shown(found.length)}
      </p>
      {rest > 0 && (
        <Button kind="quiet" onClick={() => setLimit(limit + STEP)}>
          {words.group.choose.more(rest)}
        </Button>
      )}
    </div>
  );
}
