import { useState, type FormEvent } from "react";
import type { GroupView } from "@pli/engine/api";
import { groupAddress } from "../../address.ts";
import { Button } from "../../base/button.tsx";
import { Field, TextArea } from "../../base/field.tsx";
import { Page } from "../../base/page.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useAction } from "../../use-action.ts";
import { useApi } from "../../client.ts";
import { useErrorSentence, useWords } from "../../language.tsx";
import { goBack } from "../../router.tsx";
import { MAX_DESCRIPTION, MAX_NAME } from "./limits.ts";
import { PictureField } from "./picture.tsx";
import styles from "../group.module.css";

/** Name, description and picture. What was not touched is not asked for. */
export function EditScreen({ group }: { group: GroupView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const sentence = useErrorSentence();
  const [name, setName] = useState(group.name);
  const [description, setDescription] = useState(group.description);
  const [picture, setPicture] = useState(group.picture ?? "");
  const change = {
    ...(name.trim() === group.name ? {} : { name: name.trim() }),
    ...(description === group.description ? {} : { description }),
    ...(picture === (group.picture ?? "") ? {} : { picture }),
  };
  const changed = Object.keys(change).length > 0;
  const { run, busy, error, clear } = useAction(async () => {
    await api.changeGroup({ conversation: group.id, ...change });
    toasts.say(words.group.edit.asked);
    goBack(groupAddress(group.id));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) run();
  };
  return (
    <Page title={words.group.edit.title} parent={groupAddress(group.id)}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        <PictureField id={group.id} name={name} picture={picture} onChange={setPicture} />
        <Field
          label={words.group.name}
          problem={error === undefined ? undefined : sentence(error)}
          autoComplete="off"
          maxLength={MAX_NAME}
          value={name}
          onChange={(event) => {
            clear();
            setName(event.target.value);
          }}
        />
        <TextArea
          label={words.group.description}
          autoComplete="off"
          maxLength={MAX_DESCRIPTION}
          value={description}
          onChange={(event) => {
            clear();
            setDescription(event.target.value);
          }}
        />
        <div className={styles["finish"]}>
          <Button kind="primary" type="submit" wide busy={busy} disabled={!changed || name.trim() === ""}>
            {words.app.save}
          </Button>
        </div>
      </form>
    </Page>
  );
}
