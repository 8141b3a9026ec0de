import { useState } from "react";
import type { ContactView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../base/dialog.tsx";
import { Card, Quiet, Section } from "../base/page.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { BlockIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNaming } from "../naming.ts";
import styles from "./contact.module.css";

/** Muting and blocking, each with what it means. */
export function Decisions({ contact }: { contact: ContactView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const conversation = useLive("conversation", { id: contact.conversation });
  const [asking, setAsking] = useState(false);
  const unblock = () =>
    toasts.attempt(api.block({ contact: contact.id, blocked: false }), words.contact.unblocked(nameOf(contact)));
  return (
    <Section title={words.contact.safety}>
      {conversation !== undefined && (
        <Card>
          <Switch
            label={words.contact.mute}
            text={words.contact.muteText}
            checked={conversation.muted}
            onChange={(muted) => toasts.attempt(api.mute({ conversation: contact.conversation, muted }))}
          />
        </Card>
      )}
      <div className={styles["refusal"]}>
        <Quiet>{words.contact.blockText}</Quiet>
        {contact.blocked ? (
          <Button onClick={unblock}>{words.contact.unblock}</Button>
        ) : (
          <Button kind="danger" icon={<BlockIcon />} onClick={() => setAsking(true)}>
            {words.contact.block}
          </Button>
        )}
      </div>
      {asking && <AskToBlock contact={contact} onClose={() => setAsking(false)} />}
    </Section>
  );
}

/** Says beforehand what could be deleted with it: blocking alone keeps what is here. */
function AskToBlock({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const words = useWords();
  const format = useFormat();
  const api = useApi();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const kept = useLive("keptOf", { contact: contact.id });
  const [erase, setErase] = useState(false);
  const block = () => {
    onClose();
    const done = erase && kept !== undefined ? words.contact.erased(kept.messages) : undefined;
    toasts.attempt(api.block({ contact: contact.id, blocked: true, erase }), done);
  };
  return (
    <Dialog open onClose={onClose} title={words.contact.blockAsk(nameOf(contact))} alert>
      <p>{words.contact.blockText}</p>
      {kept !== undefined && kept.messages > 0 && (
        <Card>
          <Switch
            label={words.contact.eraseToo}
            text={words.contact.eraseTooText(kept.messages, format.bytes(kept.bytes))}
            checked={erase}
            onChange={setErase}
          />
        </Card>
      )}
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="danger" onClick={block}>
          {words.contact.block}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
