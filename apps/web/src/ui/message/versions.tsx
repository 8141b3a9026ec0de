import type { MessageView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { Dialog, DialogActions } from "../base/dialog.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useLive } from "../use-live.ts";
import { Markdown } from "./markdown.tsx";
import styles from "./versions.module.css";

/** What a text has said, the newest first. Open while there is a message. */
export function VersionsDialog({ message, onClose }: { message: MessageView | undefined; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog open={message !== undefined} onClose={onClose} title={words.thread.versions}>
      {message !== undefined && <Versions message={message} />}
      <DialogActions>
        <Button onClick={onClose}>{words.app.close}</Button>
      </DialogActions>
    </Dialog>
  );
}

function Versions({ message: { id, conversation } }: { message: MessageView }) {
  const format = useFormat();
  const versions = useLive("versions", { conversation, message: id }) ?? [];
  return (
    <ol className={styles["versions"]}>
      {versions.toReversed().map(({ text, at }) => (
        <li key={at}>
          <time dateTime={new Date(at).toISOString()}>{format.dateTime(at)}</time>
          <Markdown text={text} onLink={undefined} reachable={false} />
        </li>
      ))}
    </ol>
  );
}
