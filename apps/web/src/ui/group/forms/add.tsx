import { useState, type FormEvent } from "react";
import type { GroupView } from "@pli/engine/api";
import { groupAddress } from "../../address.ts";
import { Button } from "../../base/button.tsx";
import { Empty } from "../../base/empty.tsx";
import { ErrorNotice } from "../../base/notice.tsx";
import { Page } from "../../base/page.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useAction } from "../../use-action.ts";
import { useApi } from "../../client.ts";
import { useLive } from "../../use-live.ts";
import { GroupIcon, InviteIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { goBack, navigate } from "../../router.tsx";
import { Chooser } from "./chooser.tsx";
import styles from "../group.module.css";

/** Contacts who are not in the group yet, to choose from. */
export function AddScreen({ group }: { group: GroupView }) {
  const words = useWords();
  const say = words.group.members;
  const api = useApi();
  const toasts = useToasts();
  const [chosen, setChosen] = useState<string[]>([]);
  const inside = new Set(group.members.map(({ id }) => id));
  const contacts = useLive("contacts", {})?.filter(({ id, blocked }) => !blocked && !inside.has(id));
  const { run, busy, error } = useAction(async () => {
    await api.addToGroup({ conversation: group.id, contacts: chosen });
    toasts.say(say.addAsked);
    goBack(groupAddress(group.id));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length > 0) run();
  };
  return (
    <Page title={say.addTitle} parent={groupAddress(group.id)}>
      {contacts !== undefined && contacts.length === 0 && (
        <Empty icon={<GroupIcon size={28} />} title={say.addNobody} text={say.addNobodyText}>
          <Button icon={<InviteIcon />} onClick={() => navigate("/new")}>
            {words.pair.new}
          </Button>
        </Empty>
      )}
      {contacts !== undefined && contacts.length > 0 && (
        <form className={styles["form"]} onSubmit={submit} noValidate>
          <Chooser legend={words.pair.contacts} contacts={contacts} chosen={chosen} onChange={setChosen} />
          <ErrorNotice code={error} />
          <div className={styles["finish"]}>
            <Button kind="primary" type="submit" wide busy={busy} disabled={chosen.length === 0}>
              {chosen.length === 0 ? say.addDo : say.addSome(chosen.length)}
            </Button>
          </div>
        </form>
      )}
    </Page>
  );
}
