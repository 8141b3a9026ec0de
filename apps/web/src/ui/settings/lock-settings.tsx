import { useState, type FormEvent } from "react";
import { isTooShort } from "@pli/engine/lock";
import type { HostState } from "@pli/engine-web";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { Page, Quiet } from "../base/page.tsx";
import { Choices } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { ForwardIcon, ShieldIcon } from "../icons.tsx";
import { useErrorSentence, usePreferences, useWords } from "../language.tsx";
import { changePreferences } from "../preferences.ts";
import { Link } from "../router.tsx";
import { ConfirmedIfLocked } from "../shell/confirmed.tsx";
import { useLockKind } from "./host.ts";
import { LockNow } from "./menu.tsx";
import styles from "./settings.module.css";

type LockKind = HostState["lock"];

export function LockSettings() {
  const words = useWords();
  const lock = useLockKind();
  return (
    <Page title={words.lock.title} parent="/settings">
      <Quiet>{words.lock.lead}</Quiet>
      {lock !== undefined && (
        <>
          <ConfirmedIfLocked>
            <Kind key={lock} lock={lock} />
          </ConfirmedIfLocked>
          {lock !== "none" && (
            <>
              {lock === "passphrase" && <ToDuress />}
              <AutoLock />
              <LockNow />
            </>
          )}
        </>
      )}
    </Page>
  );
}

/** What opens Pli: chosen first, then set with the button below it. */
function Kind({ lock }: { lock: LockKind }) {
  const words = useWords();
  const [kind, setKind] = useState(lock);
  const able = "PublicKeyCredential" in window;
  return (
    <>
      <Choices<LockKind>
        legend={words.lock.kind}
        value={kind}
        options={[
          { value: "none", label: words.lock.none, text: words.lock.noneText },
          { value: "passphrase", label: words.lock.passphrase, text: words.lock.passphraseText },
          {
            value: "passkey",
            label: words.lock.passkey,
            text: able ? words.lock.passkeyText : words.lock.passkeyNone,
            disabled: !able,
          },
        ]}
        onChange={setKind}
      />
      {kind === "passphrase" && <PassphraseForm changing={lock === "passphrase"} />}
      {kind === "passkey" && lock !== "passkey" && <SetButton kind="passkey" />}
      {kind === "none" && lock !== "none" && <SetButton kind="none" />}
    </>
  );
}

function SetButton({ kind }: { kind: "none" | "passkey" }) {
  const words = useWords();
  const { host } = useClient();
  const toasts = useToasts();
  const { run, busy, error } = useAction(async () => {
    await host.setLock({ kind });
    changePreferences({ lockOffered: true });
    toasts.say(kind === "none" ? words.lock.isRemoved : words.lock.isSet);
  });
  return (
    <div className={styles["form"]}>
      <ErrorNotice code={error} />
      <Button kind={kind === "none" ? "danger" : "primary"} busy={busy} onClick={() => run()}>
        {busy ? words.lock.working : kind === "none" ? words.lock.remove : words.lock.set}
      </Button>
    </div>
  );
}

function PassphraseForm({ changing }: { changing: boolean }) {
  const words = useWords();
  const { host } = useClient();
  const toasts = useToasts();
  const sentence = useErrorSentence();
  const [first, setFirst] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction(async () => {
    await host.setLock({ kind: "passphrase", passphrase: first });
    changePreferences({ lockOffered: true });
    toasts.say(words.lock.isSet);
    setFirst("");
    setAgain("");
    setTried(false);
  });
  const short = isTooShort(first);
  const differ = first !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!short && !differ) run();
  };
  const problem = tried && short ? words.lock.short : error === undefined ? undefined : sentence(error);
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <Field
        label={words.lock.new}
        hint={words.lock.newHint}
        problem={problem}
        type="password"
        autoComplete="new-password"
        value={first}
        onChange={(event) => setFirst(event.target.value)}
      />
      <Field
        label={words.lock.again}
        problem={tried && !short && differ ? words.lock.differ : undefined}
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.target.value)}
      />
      <Button kind="primary" type="submit" busy={busy}>
        {busy ? words.lock.working : changing ? words.lock.change : words.lock.set}
      </Button>
    </form>
  );
}

/** Shown whether or not there is a duress passphrase. */
function ToDuress() {
  const words = useWords();
  return (
    <div className={styles["rows"]}>
      <Link to="/settings/duress" className={styles["row"]}>
        <ShieldIcon />
        <span className={styles["label"]}>{words.duress.title}</span>
        <ForwardIcon size={18} />
      </Link>
    </div>
  );
}

const MINUTES = ["1", "5", "15", "60", "0"] as const;

function AutoLock() {
  const words = useWords();
  const { autoLock } = usePreferences();
  const label = (minutes: number) => {
    if (minutes === 0) return words.lock.autoNever;
    return minutes === 60 ? words.lock.autoHour : words.lock.autoMinutes(minutes);
  };
  return (
    <Choices
      legend={words.lock.auto}
      value={String(autoLock)}
      options={MINUTES.map((minutes) => ({ value: minutes as string, label: label(Number(minutes)) }))}
      onChange={(minutes) => changePreferences({ autoLock: Number(minutes) })}
    />
  );
}
