import { useState } from "react";
import type { GroupView } from "@pli/engine/api";
import { useNaming } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { CancelButton, Confirm, Dialog, DialogActions } from "../base/dialog.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { LeaveIcon, TrashIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { OtherMembers } from "./other-members.tsx";

/** The way out. A sole owner names a successor first. */
export function Leave({ group, kind = "danger" }: { group: GroupView; kind?: "plain" | "danger" }) {
  const words = useWords();
  const say = words.group.leave;
  const naming = useNaming();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <div>
      <Button kind={kind} icon={<LeaveIcon />} onClick={() => setAsking(true)}>
        {say.do}
      </Button>
      <Dialog open={asking} onClose={close} title={say.ask(naming.nameOf(group))} alert>
        <LeaveForm group={group} onClose={close} />
      </Dialog>
    </div>
  );
}

function LeaveForm({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const words = useWords();
  const say = words.group.leave;
  const api = useApi();
  const [successor, setSuccessor] = useState<string>();
  const { run, busy, error } = useAction(async () => {
    await api.leaveGroup({ conversation: group.id, ...(successor === undefined ? {} : { successor }) });
    onClose();
    navigate(conversationAddress(group.id));
  });
  // A device that is rejoining leaves at once, and cannot notify anybody.
  const alone = group.state === "rejoining";
  const asks = group.leaveNeedsSuccessor && !alone;
  const ready = !asks || successor !== undefined;
  return (
    <>
      <p>{say.text}</p>
      {alone && <p>{say.rejoiningText}</p>}
      {asks && (
        <OtherMembers group={group} legend={say.successor} text={say.successorText}>
          {(id) => <input type="radio" name="successor" checked={successor === id} onChange={() => setSuccessor(id)} />}
        </OtherMembers>
      )}
      <ErrorNotice code={error} />
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="danger" busy={busy} disabled={!ready} onClick={() => run()}>
          {busy ? say.leaving : say.do}
        </Button>
      </DialogActions>
    </>
  );
}

/** Removes what is left here of a group one is no longer in. */
export function DeleteConversation({ id }: { id: string }) {
  const say = useWords().group.leave;
  const api = useApi();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await api.deleteConversation({ conversation: id });
    navigate("/", { replace: true });
  };
  return (
    <div>
      <Button kind="danger" icon={<TrashIcon />} onClick={() => setAsking(true)}>
        {say.delete}
      </Button>
      <Confirm
        open={asking}
        title={say.deleteAsk}
        text={say.deleteText}
        confirm={say.deleteDo}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => toasts.attempt(remove())}
      />
    </div>
  );
}
