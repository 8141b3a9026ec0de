import type { ConversationView } from "@pli/engine/api";
import { ConversationRow } from "./row.tsx";
import styles from "./pane.module.css";

/** Conversations of the list, in this order. */
export function ConversationRows({
  conversations,
  current,
  now,
}: {
  conversations: readonly ConversationView[];
  current: string | undefined;
  now: number;
}) {
  return (
    <ul className={styles["list"]}>
      {conversations.map((conversation) => (
        <li key={conversation.id}>
          <ConversationRow conversation={conversation} current={conversation.id === current} now={now} />
        </li>
      ))}
    </ul>
  );
}
