import { useState } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../base/dialog.tsx";
import { Name } from "../base/name.tsx";
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
  const shown = typed.trim() === "" ? all : ranked(all, typed.trim(), { who: whoOf, given });
  const { run, busy } = useAction(async () => {
    // One after the other: a message that fails stops the rest, and says so.
    for (const conversation of chosen) await api.sendText({ conversation, text });
    toasts.say(forward.forwarded(chosen.length));
    onClose();
  });
  return (
    <>
      <input
        type="search"
        className={styles["search"]}
        aria-label={list.jumpHint}
        placeholder={list.jumpHint}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
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
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="primary" busy={busy || chosen.length === 0} onClick={() => run()}>
          {forward.send}
        </Button>
      </DialogActions>
    </>
  );
}
