import { useState, type FormEvent } from "react";
import type { ContactView } from "@pli/engine/api";
import { conversationAddress } from "../../address.ts";
import { Button } from "../../base/button.tsx";
import { Empty } from "../../base/empty.tsx";
import { Field, TextArea } from "../../base/field.tsx";
import { ErrorNotice } from "../../base/notice.tsx";
import { Page } from "../../base/page.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useAction } from "../../use-action.ts";
import { useApi } from "../../client.ts";
import { useLive } from "../../use-live.ts";
import { GroupIcon, InviteIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { navigate } from "../../router.tsx";
import { Chooser } from "./chooser.tsx";
import { MAX_DESCRIPTION, MAX_NAME } from "./limits.ts";
import { PictureField } from "./picture.tsx";
import styles from "../group.module.css";

/** A new group: its name, who is in it, and what it looks like. */
export function NewGroupScreen() {
  const words = useWords();
  const contacts = useLive("contacts", {});
  const usable = contacts?.filter(({ blocked }) => !blocked);
  return (
    <Page title={words.group.new} parent="/" parentBeside>
      {usable !== undefined && (usable.length === 0 ? <NoContacts /> : <NewGroup contacts={usable} />)}
    </Page>
  );
}

function NoContacts() {
  const words = useWords();
  return (
    <Empty icon={<GroupIcon size={28} />} title={words.group.noContacts} text={words.group.noContactsText}>
      <Button kind="primary" icon={<InviteIcon />} onClick={() => navigate("/new")}>
        {words.pair.new}
      </Button>
    </Empty>
  );
}

function NewGroup({ contacts }: { contacts: ContactView[] }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [picture, setPicture] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const { run, busy, error, clear } = useAction(async () => {
    const { conversation } = await api.createGroup({ name: name.trim(), contacts: chosen, description });
    // The group is there: a picture that cannot be taken must not lead to a second one.
    if (picture !== "") toasts.attempt(api.changeGroup({ conversation, picture }));
    navigate(conversationAddress(conversation), { replace: true });
  });
  const ready = name.trim() !== "" && chosen.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) run();
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <Field
        label={words.group.name}
        hint={words.group.nameHint}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the first thing a new group needs
        autoFocus
        autoComplete="off"
        maxLength={MAX_NAME}
        value={name}
        onChange={(event) => {
          clear();
          setName(event.target.value);
        }}
      />
      <Chooser legend={words.group.choose.legend} contacts={contacts} chosen={chosen} onChange={setChosen} />
      <TextArea
        label={words.group.description}
        hint={words.group.descriptionHint}
        autoComplete="off"
        maxLength={MAX_DESCRIPTION}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      <PictureField id="new" name={name} picture={picture} onChange={setPicture} />
      <ErrorNotice code={error} />
      <div className={styles["finish"]}>
        <Button kind="primary" type="submit" wide busy={busy} disabled={!ready}>
          {busy ? words.group.creating : ready ? words.group.createWith(chosen.length) : words.group.create}
        </Button>
      </div>
    </form>
  );
}
