import { Button } from "../../base/button.tsx";
import { useWords } from "../../language.tsx";
import { authorOf } from "../author.ts";
import type { ContentProps, NoteKind } from "./kind.ts";
import styles from "./held.module.css";

export const held: NoteKind<"held"> = {
  shape: "note",
  line: (message, conversation, wording) =>
    wording.words.thread.held(authorOf(message, conversation, wording), message.body.count),
  Action: AskAgain,
};

function AskAgain({ message, actions }: ContentProps<"held">) {
  const words = useWords();
  if (!message.body.mayAsk) return null;
  return (
    <Button kind="quiet" className={styles["ask"] ?? ""} onClick={() => actions.askAgain(message)}>
      {words.thread.heldAsk}
    </Button>
  );
}
