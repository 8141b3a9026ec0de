import { useState } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../base/dialog.tsx";
import { Filter } from "../base/filter.tsx";
import { Name } from "../base/name.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { ranked } from "../conversations/match.ts";
import { useWords } from "../language.tsx";
import { useGiven, whoOf } from "../naming.ts";
import { useAction } from "../use-action.ts";
import { useLive } from "../use-live.ts";
import { typedText } from "./kinds/index.ts";
import styles from "./forward.module.css";

/** To whom a text is said again, without its author's name. Open while there is a message. */
export function ForwardDialog({ message, onClose }: { message: MessageView | undefined; onClose: () => void }) {
  const { forward } = useWords();
  return (
    <Dialog open={message !== undefined} onClose={onClose} title={forward.title}>
      {message !== undefined && <Form text={typedText(message) ?? ""} onClose={onClose} />}
    </Dialog>
  );
}

const mayForwardTo = ({ writable, blocked, locked }: ConversationView): boolean =>
  writable && !blocked && locked !== true;

function Form({ text, onClose }: { text: string; onClose: () => void }) {
  const { forward, list } = useWords();
  const api = useApi();
  const toasts = useToasts();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const all = (useLive("conversations", {}) ?? []).filter(mayForwardTo);
  const given = useGiven();
  const shown = ranked(all, typed, { who: whoOf, given });
  const { run, busy, error } = useAction(async () => {
    // One after the other: where one fails it and the rest stay chosen, and are not sent twice.
    for (const conversation of chosen) {
      await api.sendText({ conversation, text });
      setChosen((left) => left.filter((id) => id !== conversation));
    }
    toasts.say(forward.forwarded(chosen.length));
    onClose();
  });
  return (
    <>
      <Filter label={list.jumpHint} value={typed} onChange={setTyped} />
      <ul className={styles["list"]}>
        {shown.map((one) => (
          <li key={one.id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(one.id)}
                onChange={(event) =>
                  setChosen(event.target.checked ? [...chosen, one.id] : chosen.filter((id) => id !== one.id))
                }
              />
              <Name {...whoOf(one)} />
            </label>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p>{list.jumpNothing}</p>}
      <p>{forward.text}</p>
      <ErrorNotice code={error} />
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="primary" busy={busy || chosen.length === 0} onClick={() => run()}>
          {forward.send}
        </Button>
      </DialogActions>
    </>
  );
}
