import { useState, type FormEvent } from "react";
import type { HostState } from "@pli/engine-web";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { KeyIcon, Mark } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { EraseButton } from "../settings/erase.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import { useTitle } from "../shell/title.tsx";
import styles from "./start.module.css";
import own from "./lock.module.css";

/** The door: what opens this device, and the only way out when it is lost. */
export function LockScreen({ lock }: { lock: HostState["lock"] }) {
  const words = useWords();
  useTitle(words.lock.screenTitle);
  return (
    <main className={styles["whole"]}>
      <div className={styles["column"]}>
        <Mark size={64} />
        <h1>{words.lock.screenTitle}</h1>
        <p className={styles["lead"]}>{words.lock.screenText}</p>
        {lock === "passkey" ? <PasskeyDoor /> : <PassphraseDoor />}
        <details className={own["forgot"]}>
          <summary>{lock === "passkey" ? words.lock.forgotKey : words.lock.forgot}</summary>
          <p>{lock === "passkey" ? words.lock.forgotKeyText : words.lock.forgotText}</p>
          <EraseButton />
        </details>
      </div>
    </main>
  );
}

function PassphraseDoor() {
  const words = useWords();
  const { host } = useClient();
  const sentence = useErrorSentence();
  const touch = useMedia(TOUCH);
  const [passphrase, setPassphrase] = useState("");
  const { run, busy, error, clear } = useAction(() => host.unlock({ passphrase }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== "") run();
  };
  return (
    <form className={own["door"]} onSubmit={submit} noValidate>
      <Field
        label={words.lock.field}
        problem={error === undefined ? undefined : sentence(error)}
        type="password"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the only field of the screen
        autoFocus={!touch}
        autoComplete="current-password"
        value={passphrase}
        onChange={(event) => {
          clear();
          setPassphrase(event.target.value);
        }}
      />
      <Button kind="primary" type="submit" wide busy={busy}>
        {busy ? words.lock.opening : words.lock.open}
      </Button>
    </form>
  );
}

function PasskeyDoor() {
  const words = useWords();
  const { host } = useClient();
  const { run, busy, error } = useAction(() => host.unlock({ passkey: true }));
  return (
    <div className={own["door"]}>
      <ErrorNotice code={error} />
      <Button kind="primary" wide icon={<KeyIcon />} busy={busy} onClick={() => run()}>
        {busy ? words.lock.opening : words.lock.usePasskey}
      </Button>
    </div>
  );
}
