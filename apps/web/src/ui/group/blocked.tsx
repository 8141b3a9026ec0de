import { useState } from "react";
import type { GroupView, Named } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../base/dialog.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useWording } from "../wording.ts";
import { OtherMembers } from "./other-members.tsx";
import { peopleOf } from "./lines/people.ts";

/** Says that somebody blocks the changes of the group, and gives an owner the way out. */
export function Blocked({ group }: { group: GroupView }) {
  const wording = useWording();
  const say = wording.words.group.blocked;
  const [asking, setAsking] = useState(false);
  if (group.blocked === undefined) return null;
  const { suspects, mayFound } = group.blocked;
  const lines = [say.text, suspects.length > 0 ? say.suspects(peopleOf(suspects, wording)) : ""];
  if (!mayFound) lines.push(say.owner);
  return (
    <>
      <Notice
        kind="warn"
        title={say.title}
        action={mayFound ? <Button onClick={() => setAsking(true)}>{say.do}</Button> : undefined}
      >
        {lines.filter(Boolean).join(" ")}
      </Notice>
      <Dialog open={asking} onClose={() => setAsking(false)} title={say.ask} alert>
        <SuccessorForm group={group} suspects={suspects} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function SuccessorForm({ group, suspects, onClose }: { group: GroupView; suspects: Named[]; onClose: () => void }) {
  const { words } = useWording();
  const say = words.group.blocked;
  const api = useApi();
  const toasts = useToasts();
  const [without, setWithout] = useState<string[]>(() => suspects.map(({ id }) => id));
  const { run, busy, error } = useAction(async () => {
    await api.foundSuccessorGroup({ conversation: group.id, without });
    toasts.say(say.asked);
    onClose();
  });
  return (
    <>
      <p>{say.askText}</p>
      <OtherMembers group={group} legend={say.without}>
        {(id) => (
          <input
            type="checkbox"
            checked={without.includes(id)}
            onChange={(event) =>
              setWithout(event.target.checked ? [...without, id] : without.filter((other) => other !== id))
            }
          />
        )}
      </OtherMembers>
      <ErrorNotice code={error} />
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="primary" busy={busy} onClick={() => run()}>
          {say.confirm}
        </Button>
      </DialogActions>
    </>
  );
}
