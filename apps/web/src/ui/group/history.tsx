import { useState } from "react";
import type { ConversationView, MessageView, Queries } from "@pli/engine/api";
import { whoOf } from "../naming.ts";
import { groupAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Card, Page, Quiet } from "../base/page.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { isBubble } from "../message/kinds/index.ts";
import { lineOf } from "../message/line.ts";
import { useWording, type Wording } from "../wording.ts";
import styles from "./group.module.css";

const PAGE = 200;

type MessagePage = Queries["messages"]["result"];

/** The lines found so far, newest first, and from which message on they were looked for. */
interface Read {
  changes: readonly MessageView[];
  from: number | undefined;
  hasOlder: boolean;
}

function withPage({ changes, from, hasOlder }: Read, page: MessagePage): Read {
  const found = page.messages.filter((message) => !isBubble(message));
  const known = new Map([...changes, ...found].map((change) => [change.order, change]));
  const first = page.messages[0]?.order;
  const isFurther = from === undefined || (first !== undefined && first < from);
  return {
    changes: [...known.values()].toSorted((a, b) => b.order - a.order),
    from: isFurther ? first : from,
    hasOlder: isFurther ? page.hasOlder : hasOlder,
  };
}

/** Everything that happened to a group, newest first, drawn from the conversation. */
export function HistoryScreen({ conversation }: { conversation: ConversationView }) {
  const wording = useWording();
  const say = wording.words.group.history;
  const api = useApi();
  const newest = useLive("messages", { conversation: conversation.id, limit: PAGE });
  const [seen, setSeen] = useState<MessagePage>();
  const [read, setRead] = useState<Read>({ changes: [], from: undefined, hasOlder: false });
  if (newest !== undefined && newest !== seen) {
    setSeen(newest);
    setRead(withPage(read, newest));
  }
  const older = useAction(async () => {
    let all = read;
    while (all.hasOlder && all.changes.length === read.changes.length) {
      const place = { conversation: conversation.id, limit: PAGE, before: all.from ?? 0 };
      all = withPage(all, await api.read("messages", place));
    }
    setRead(all);
  });
  const { changes, hasOlder } = read;
  return (
    <Page title={say.title} parent={groupAddress(conversation.id)}>
      {seen !== undefined && changes.length === 0 && !hasOlder && <Quiet>{say.none}</Quiet>}
      {changes.length > 0 && (
        <Card>
          <ol className={styles["list"]}>
            {changes.map((message) => (
              <Change key={message.id} message={message} name={wording.nameOf(whoOf(conversation))} wording={wording} />
            ))}
          </ol>
        </Card>
      )}
      {hasOlder && (
        <Button kind="quiet" busy={older.busy} onClick={older.run}>
          {say.older}
        </Button>
      )}
    </Page>
  );
}

function Change({ message, name, wording }: { message: MessageView; name: string; wording: Wording }) {
  return (
    <li className={styles["change"]}>
      <p>{lineOf(message, name, wording)}</p>
      <time dateTime={new Date(message.sentAt).toISOString()}>{wording.format.dateTime(message.sentAt)}</time>
    </li>
  );
}
