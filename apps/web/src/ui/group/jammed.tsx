import { useState } from "react";
import type { GroupView, Named } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { Dialog, DialogActions } from "../base/dialog.tsx";
import { Notice } from "../base/notice.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction, useApi } from "../client.tsx";
import { useErrorSentence } from "../language.tsx";
import { useWording } from "../wording.ts";
import { Names } from "./names.tsx";
import { peopleOf } from "./lines/people.ts";
import styles from "./group.module.css";

/** Says that somebody blocks the changes of the group, and gives an owner the way out. */
export function Jammed({ group }: { group: GroupView }) {
  const wording = useWording();
  const say = wording.words.group.jammed;
  const [asking, setAsking] = useState(false);
  if (group.jammed === undefined) return null;
  const { suspects, mayRefound } = group.jammed;
  const lines = [say.text, suspects.length > 0 ? say.suspects(peopleOf(suspects, wording)) : ""];
  if (!mayRefound) lines.push(say.owner);
  return (
    <>
      <Notice
        kind="warn"
        title={say.title}
        action={mayRefound ? <Button onClick={() => setAsking(true)}>{say.do}</Button> : undefined}
      >
        {lines.filter(Boolean).join(" ")}
      </Notice>
      <Dialog open={asking} onClose={() => setAsking(false)} title={say.ask} alert>
        <RefoundForm group={group} suspects={suspects} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function RefoundForm({ group, suspects, onClose }: { group: GroupView; suspects: Named[]; onClose: () => void }) {
  const { words } = useWording();
  const say = words.group.jammed;
  const api = useApi();
  const toasts = useToasts();
  const sentence = useErrorSentence();
  const [without, setWithout] = useState<string[]>(() => suspects.map(({ id }) => id));
  const { run, busy, error } = useAction(async () => {
    await api.refoundGroup({ conversation: group.id, without });
    toasts.say(say.asked);
    onClose();
  });
  return (
    <>
      <p>{say.askText}</p>
      <fieldset className={styles["chooser"]}>
        <legend>{say.without}</legend>
        <div className={styles["scroll"]}>
          <Names
            items={group.members.filter(({ isSelf }) => !isSelf)}
            search={words.group.members.search}
            nothing={words.group.members.nothing}
          >
            {({ id, name }) => (
              <label className={styles["pick"]}>
                <Avatar id={id} name={name} size="small" />
                <span className={styles["who"]}>
                  <Name id={id} name={name} />
                </span>
                <input
                  type="checkbox"
                  checked={without.includes(id)}
                  onChange={(event) =>
                    setWithout(event.target.checked ? [...without, id] : without.filter((other) => other !== id))
                  }
                />
              </label>
            )}
          </Names>
        </div>
      </fieldset>
      {error !== undefined && (
        <Notice kind="danger" alert>
          {sentence(error)}
        </Notice>
      )}
      <DialogActions>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and the safe answer is where */}
        <Button autoFocus onClick={onClose}>
          {words.app.cancel}
        </Button>
        <Button kind="primary" busy={busy} onClick={() => run()}>
          {say.confirm}
        </Button>
      </DialogActions>
    </>
  );
}
