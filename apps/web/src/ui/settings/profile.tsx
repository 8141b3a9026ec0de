import { useState, type FormEvent } from "react";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { NameField } from "../base/field.tsx";
import { Fingerprint } from "../base/fingerprint.tsx";
import { Page, Quiet, Section, Stack } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useFormat, useWords } from "../language.tsx";
import { useProfile } from "../profile.ts";
import styles from "./settings.module.css";

export function ProfileScreen() {
  const words = useWords();
  const format = useFormat();
  const profile = useProfile();
  return (
    <Page title={words.profile.title} parent="/settings">
      {profile !== undefined && (
        <>
          <Stack center>
            <Avatar id={profile.id} name={profile.name} size="large" />
          </Stack>
          <NameForm key={profile.name} name={profile.name} />
          <Section title={words.profile.id}>
            <div className={styles["inset"]}>
              <Fingerprint id={profile.id} />
              <Quiet>{words.profile.idText}</Quiet>
            </div>
          </Section>
          <Quiet>{words.profile.since(format.date(profile.createdAt))}</Quiet>
        </>
      )}
    </Page>
  );
}

function NameForm({ name }: { name: string }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const [text, setText] = useState(name);
  const { run, busy, error, clear } = useAction(async () => {
    await api.renameProfile({ name: text });
    toasts.say(words.profile.changed);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text !== name) run();
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <NameField
        label={words.profile.name}
        hint={words.profile.nameHint}
        error={error}
        value={text}
        onName={(typed) => {
          clear();
          setText(typed);
        }}
      />
      <Button kind="primary" type="submit" busy={busy} disabled={text === name}>
        {words.app.save}
      </Button>
    </form>
  );
}
