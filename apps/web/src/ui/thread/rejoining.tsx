import type { ConversationView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { useLive } from "../use-live.ts";
import { RejoiningNotice } from "../group/rejoining.tsx";
import { useWords } from "../language.tsx";
import { useNaming, whoOf } from "../naming.ts";
import styles from "./thread.module.css";

/** Says that the conversation is being set up again. */
export function Rejoining({ conversation }: { conversation: ConversationView }) {
  return (
    <div className={styles["notice"]}>
      {conversation.kind === "group" ? (
        <GroupRejoining conversation={conversation} />
      ) : (
        <DirectRejoining conversation={conversation} />
      )}
    </div>
  );
}

function GroupRejoining({ conversation: { id, writable } }: { conversation: ConversationView }) {
  const group = useLive("group", { id });
  return <RejoiningNotice group={group} writes={writable} />;
}

function DirectRejoining({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const { nameOf } = useNaming();
  return <Notice>{words.thread.rejoining(nameOf(whoOf(conversation)))}</Notice>;
}
