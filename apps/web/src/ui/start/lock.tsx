import { useEffect, useState, type FormEvent } from "react";
import type { HostApi, HostState } from "@pli/engine-web";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { KeyIcon, Mark } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { EraseButton } from "../settings/erase.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import { OtherProfiles } from "../shell/profile-switch.tsx";
import { useTitle } from "../shell/title.tsx";
import styles from "./start.module.css";
import own from "./lock.module.css";

/** The door: what opens this device, and the only way out when it is lost. */
export function LockScreen({ lock, waitMs }: { lock: HostState["lock"]; waitMs: number }) {
  const words = useWords();
  const { host } = useClient();
  useTitle(words.lock.screenTitle);
  return (
    <main className={styles["whole"]}>
      <div className={styles["column"]}>
        <Mark size={64} />
        <h1>{words.lock.screenTitle}</h1>
        <p className={styles["lead"]}>{words.lock.screenText}</p>
        <Door lock={lock} waitMs={waitMs} act={host.unlock} />
        <details className={own["forgot"]}>
          <summary>{lock === "passkey" ? words.lock.forgotKey : words.lock.forgot}</summary>
          <p>{lock === "passkey" ? words.lock.forgotKeyText : words.lock.forgotText}</p>
          <EraseButton />
        </details>
        <OtherProfiles />
      </div>
    </main>
  );
}

type Act = HostApi["unlock"];

/** Asks for what opens this device, and does something with it. */
export function Door({ lock, waitMs, act }: { lock: HostState["lock"]; waitMs: number; act: Act }) {
  return lock === "passkey" ? <PasskeyDoor act={act} /> : <PassphraseDoor waitMs={waitMs} act={act} />;
}

function PassphraseDoor({ waitMs, act }: { waitMs: number; act: Act }) {
  const words = useWords();
  const sentence = useErrorSentence();
  const touch = useMedia(TOUCH);
  const [passphrase, setPassphrase] = useState("");
  const left = useLeft(waitMs);
  const { run, busy, error, clear } = useAction(() => act({ passphrase }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== "" && left === 0) run();
  };
  return (
    <form className={own["door"]} onSubmit={submit} noValidate>
      <Field
        label={words.lock.field}
        problem={error === undefined || error === "passphrase_paused" ? undefined : sentence(error)}
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
      {left > 0 && <Wait ms={left} />}
      <Button kind="primary" type="submit" wide busy={busy} disabled={left > 0}>
        {busy ? words.lock.opening : words.lock.open}
      </Button>
    </form>
  );
}

/** How long the pause after wrong passphrases lasts. Seen, not read out each second. */
function Wait({ ms }: { ms: number }) {
  const words = useWords();
  const format = useFormat();
  return (
    <Notice kind="warn" alert title={words.lock.paused}>
      <span aria-live="off">{words.lock.nextTry(format.soon(ms, 0))}</span> {words.lock.pausedText}
    </Notice>
  );
}

/** What is left of a time that began as it was given, in ms; no clock that somebody sets counts. */
function useLeft(ms: number): number {
  const [passed, setPassed] = useState({ of: ms, ms: 0 });
  useEffect(() => {
    if (ms === 0) return undefined;
    const start = performance.now();
    const timer = setInterval(() => setPassed({ of: ms, ms: performance.now() - start }), 500);
    return () => clearInterval(timer);
  }, [ms]);
  return Math.max(0, ms - (passed.of === ms ? passed.ms : 0));
}

function PasskeyDoor({ act }: { act: Act }) {
  const words = useWords();
  const { run, busy, error } = useAction(() => act({ passkey: true }));
  return (
    <div className={own["door"]}>
      <ErrorNotice code={error} />
      <Button kind="primary" wide icon={<KeyIcon />} busy={busy} onClick={() => run()}>
        {busy ? words.lock.opening : words.lock.usePasskey}
      </Button>
    </div>
  );
}
