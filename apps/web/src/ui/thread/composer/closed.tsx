import type { ConversationView } from "@pli/engine/api";
import type { Naming } from "@pli/engine/content";
import { DeleteConversation } from "../../group/leave.tsx";
import type { Words } from "../../../words/index.ts";
import { Button } from "../../base/button.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { useLive } from "../../use-live.ts";
import { useFormat, useWords } from "../../language.tsx";
import { useNaming } from "../../naming.ts";
import { navigate } from "../../router.tsx";
import styles from "./foot.module.css";

/** In the place of the composer where this person cannot write: one line that says why. */
export function Closed({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  if (conversation.archive !== undefined) return <Archived id={conversation.id} at={conversation.archive.importedAt} />;
  switch (conversation.state) {
    case "joining":
      return <Joining conversation={conversation} />;
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

/** It came out of a file: it can be read, and deleted. */
function Archived({ id, at }: { id: string; at: number }) {
  const words = useWords();
  const format = useFormat();
  return (
    <div className={styles["closed"]}>
      <p>{words.archive.closed(format.date(at))}</p>
      <DeleteConversation id={id} />
    </div>
  );
}

function Joining({ conversation: { id, progress, joining } }: { conversation: ConversationView }) {
  const words = useWords();
  const format = useFormat();
  const api = useApi();
  const toasts = useToasts();
  const naming = useNaming();
  const say = words.group.composer;
  const giveUp = async () => {
    await api.deleteConversation({ conversation: id });
    navigate("/", { replace: true });
  };
  return (
    <div className={styles["closed"]} role="status">
      <p>{joining === undefined || progress !== undefined ? say.joining : waitsText(joining, words, naming)}</p>
      {progress !== undefined && (
        <>
          <progress value={progress.done} max={Math.max(1, progress.total)} aria-label={say.joining} />
          <p>{say.joiningText(format.bytes(progress.done), format.bytes(progress.total))}</p>
        </>
      )}
      <Button onClick={() => toasts.attempt(giveUp(), say.gaveUp)}>{say.giveUp}</Button>
    </div>
  );
}

/** For whom, or for which server, the way into a group waits. */
function waitsText(
  { waitsFor, by, store }: NonNullable<ConversationView["joining"]>,
  { group }: Words,
  { nameOf }: Pick<Naming, "nameOf">,
): string {
  return waitsFor === "inviter" ? group.composer.waitsInviter(nameOf(by)) : group.composer.waitsStore(store);
}

function Silent({ conversation }: { conversation: ConversationView }) {
  const { composer } = useWords().group;
  const group = useLive("group", { id: conversation.id });
  const leaving = group?.pending.some(({ operation }) => operation.kind === "leave") === true;
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
