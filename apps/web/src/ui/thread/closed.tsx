import type { ConversationView } from "@pli/engine/api";
import { DeleteConversation } from "../group/leave.tsx";
import { useLive } from "../client.tsx";
import { useFormat, useWords } from "../language.tsx";
import styles from "./thread.module.css";

/** In the place of the composer where this person cannot write: one line that says why. */
export function Closed({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  switch (conversation.state) {
    case "joining":
      return <Joining progress={conversation.progress} />;
    case "left":
      return (
        <div className={styles["closed"]}>
          <p>{words.group.composer.left}</p>
          <DeleteConversation id={conversation.id} />
        </div>
      );
    default:
      return <Silent conversation={conversation} />;
  }
}

function Joining({ progress }: { progress: ConversationView["progress"] }) {
  const words = useWords();
  const format = useFormat();
  const say = words.group.composer;
  return (
    <div className={styles["closed"]} role="status">
      <p>{say.joining}</p>
      {progress !== undefined && (
        <>
          <progress value={progress.done} max={Math.max(1, progress.total)} aria-label={say.joining} />
          <p>{say.joiningText(format.bytes(progress.done), format.bytes(progress.total))}</p>
        </>
      )}
    </div>
  );
}

function Silent({ conversation }: { conversation: ConversationView }) {
  const { composer } = useWords().group;
  const group = useLive("group", { id: conversation.id });
  const leaving = group?.pending.some(({ wanted }) => wanted.kind === "leave") === true;
  const reason = leaving
    ? composer.leaving
    : conversation.role === "reader"
      ? composer.reader
      : group?.whoWrites === "admins"
        ? composer.announcements
        : composer.none;
  return (
    <div className={styles["closed"]}>
      <p>{reason}</p>
    </div>
  );
}
