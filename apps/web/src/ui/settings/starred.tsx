import { useState } from "react";
import { Button } from "../base/button.tsx";
import { Page, Quiet } from "../base/page.tsx";
import { HitRow } from "../conversations/results.tsx";
import { useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { useLive } from "../use-live.ts";
import styles from "../conversations/pane.module.css";

const PAGE = 50;
const MOST = 1_000;

/** The messages that this person has marked, the newest first; each leads to its place. */
export function StarredScreen() {
  const words = useWords();
  const now = useNow();
  const [limit, setLimit] = useState(PAGE);
  const starred = useLive("starred", { limit });
  return (
    <Page title={words.starred.title} parent="/settings">
      {starred?.length === 0 && <Quiet>{words.starred.none}</Quiet>}
      <ul className={styles["list"]}>
        {starred?.map((message) => (
          <li key={message.id}>
            <HitRow hit={{ message, conversationName: "" }} text="" now={now} onChoose={undefined} />
          </li>
        ))}
      </ul>
      {starred?.length === limit && limit < MOST && (
        <Button kind="quiet" className={styles["more"] ?? ""} onClick={() => setLimit(Math.min(MOST, limit + PAGE))}>
          {words.list.more}
        </Button>
      )}
    </Page>
  );
}
