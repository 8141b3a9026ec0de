import { useState } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { whoOf } from "../naming.ts";
import { groupAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Card, Page, Quiet } from "../base/page.tsx";
import { useLive } from "../client.tsx";
import { lineOf } from "../conversations/preview.ts";
import { useTeller, type Teller } from "../teller.ts";
import { isBubble } from "../thread/rows.ts";
import styles from "./group.module.css";

const STEP = 200;

/** Everything that happened to a group, newest first, drawn from the conversation. */
export function HistoryScreen({ conversation }: { conversation: ConversationView }) {
  const teller = useTeller();
  const say = teller.words.group.history;
  const [limit, setLimit] = useState(STEP);
  const page = useLive("messages", { conversation: conversation.id, limit });
  const [shown, setShown] = useState(page);
  if (page !== undefined && page !== shown) setShown(page);
  const changes = shown?.messages.filter((message) => !isBubble(message)).toReversed() ?? [];
  return (
    <Page title={say.title} parent={groupAddress(conversation.id)}>
      {shown !== undefined && changes.length === 0 && !shown.hasOlder && <Quiet>{say.none}</Quiet>}
      {changes.length > 0 && (
        <Card>
          <ol className={styles["list"]}>
            {changes.map((message) => (
              <Change key={message.id} message={message} name={teller.nameOf(whoOf(conversation))} teller={teller} />
            ))}
          </ol>
        </Card>
      )}
      {shown?.hasOlder === true && (
        <Button kind="quiet" busy={page === undefined} onClick={() => setLimit(limit + STEP)}>
          {say.older}
        </Button>
      )}
    </Page>
  );
}

function Change({ message, name, teller }: { message: MessageView; name: string; teller: Teller }) {
  return (
    <li className={styles["change"]}>
      <p>{lineOf(message, name, teller)}</p>
      <time dateTime={new Date(message.sentAt).toISOString()}>{teller.format.dateTime(message.sentAt)}</time>
    </li>
  );
}
