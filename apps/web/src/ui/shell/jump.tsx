import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { Name } from "../base/name.tsx";
import { useGiven, whoOf } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Dialog } from "../base/dialog.tsx";
import { useLive } from "../use-live.ts";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { ranked } from "../conversations/match.ts";
import { isComposing } from "../keys.ts";
import { useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import styles from "./jump.module.css";

/** Opens with Ctrl+K or Cmd+K, anywhere. */
export function Jump() {
  const words = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen((shown) => !shown);
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title={words.list.jump}>
      <JumpList onChosen={() => setOpen(false)} />
    </Dialog>
  );
}

function JumpList({ onChosen }: { onChosen: () => void }) {
  const words = useWords();
  const id = useId();
  const conversations = useLive("conversations", {}) ?? [];
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = ranked(conversations, text, { who: whoOf, given: useGiven() }).slice(0, 8);
  const active = Math.min(at, found.length - 1);
  const choose = (conversation: string | undefined) => {
    if (conversation === undefined) return;
    onChosen();
    navigate(conversationAddress(conversation));
  };
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((active + step + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") choose(found[active]?.id);
  };
  return (
    <>
      <input
        className={styles["input"]}
        role="combobox"
        dir="auto"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog opens to be typed into
        autoFocus
        aria-label={words.list.jumpHint}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found[active] === undefined ? undefined : `${id}-${active}`}
        autoComplete="off"
        placeholder={words.list.jumpHint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div id={`${id}-list`} role="listbox" aria-label={words.list.found} className={styles["list"]}>
        {found.map((conversation, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field above has the keys
          <div
            key={conversation.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles["option"]}
            onClick={() => choose(conversation.id)}
          >
            <ConversationAvatar conversation={conversation} size="small" />
            <span>
              <Name {...whoOf(conversation)} />
            </span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p role="status">{words.list.jumpNothing}</p>}
    </>
  );
}
