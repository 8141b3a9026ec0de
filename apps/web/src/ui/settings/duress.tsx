import { useState, type FormEvent } from "react";
import { isTooShort } from "@pli/engine/lock";
import { Button } from "../base/button.tsx";
import { Field, NameField } from "../base/field.tsx";
import { WayOut } from "../base/home-link.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { Page, Quiet, Section } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { useErrorSentence, useWords } from "../language.tsx";
import { ConfirmedFor } from "../shell/confirmed.tsx";
import { useLockKind } from "./host.ts";
import styles from "./settings.module.css";

/**
 * Sets and removes the duress passphrase. It shows the same whether or not there is one: nobody who
 * forces a person to open this page learns that.
 */
export function DuressScreen() {
  const words = useWords();
  const lock = useLockKind();
  return (
    <Page title={words.duress.title} parent="/settings/lock">
      <Quiet>{words.duress.lead}</Quiet>
      <Quiet>{words.duress.where}</Quiet>
      <Notice kind="warn" title={words.duress.limitsTitle}>
        {words.duress.limits}
      </Notice>
      {lock === "passphrase" && (
        <ConfirmedFor text={words.duress.confirm}>
          <DuressForm />
          <Section title={words.duress.removeTitle}>
            <Removal />
          </Section>
        </ConfirmedFor>
      )}
      {lock !== undefined && lock !== "passphrase" && (
        <>
          <Quiet>{words.duress.needed}</Quiet>
          <WayOut to="/settings/lock">{words.duress.toLock}</WayOut>
        </>
      )}
    </Page>
  );
}

const EMPTY = { name: "", first: "", again: "", isTried: false };
const OF_NAME = /^name_/u;

function DuressForm() {
  const words = useWords();
  const { host } = useClient();
  const toasts = useToasts();
  const sentence = useErrorSentence();
  const [{ name, first, again, isTried }, setTyped] = useState(EMPTY);
  const type = (part: Partial<typeof EMPTY>) => setTyped((typed) => ({ ...typed, ...part }));
  const { run, busy, error, clear } = useAction(async () => {
    await host.setDuress({ name, passphrase: first });
    toasts.say(words.duress.isSet);
    setTyped(EMPTY);
  });
  const isShort = isTooShort(first);
  const differ = first !== again;
  const isUnnamed = name.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    type({ isTried: true });
    if (!isUnnamed && !isShort && !differ) run();
  };
  const isOfName = error !== undefined && OF_NAME.test(error);
  const refused = error === undefined || isOfName ? undefined : sentence(error);
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <NameField
        label={words.duress.name}
        hint={words.duress.nameHint}
        error={isTried && isUnnamed ? "name_empty" : isOfName ? error : undefined}
        value={name}
        onName={(typed) => {
          clear();
          type({ name: typed });
        }}
      />
      <Field
        label={words.duress.new}
        hint={words.duress.newHint}
        problem={isTried && isShort ? words.lock.short : refused}
        type="password"
        autoComplete="off"
        value={first}
        onChange={(event) => {
          clear();
          type({ first: event.target.value });
        }}
      />
      <Field
        label={words.lock.again}
        problem={isTried && !isShort && differ ? words.lock.differ : undefined}
        type="password"
        autoComplete="off"
        value={again}
        onChange={(event) => type({ again: event.target.value })}
      />
      <Button kind="primary" type="submit" busy={busy}>
        {busy ? words.lock.working : words.duress.set}
      </Button>
    </form>
  );
}

function Removal() {
  const words = useWords();
  const { host } = useClient();
  const toasts = useToasts();
  const { run, busy, error } = useAction(async () => {
    await host.setDuress();
    toasts.say(words.duress.isRemoved);
  });
  return (
    <div className={styles["form"]}>
      <Quiet>{words.duress.removeText}</Quiet>
      <ErrorNotice code={error} />
      <Button busy={busy} onClick={() => run()}>
        {words.duress.remove}
      </Button>
    </div>
  );
}
