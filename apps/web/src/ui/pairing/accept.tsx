import { useEffect, useState, type FormEvent } from "react";
import { pairingAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { Page, Quiet, Stack } from "../base/page.tsx";
import { Waiting } from "../base/spinner.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { CameraIcon } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import { OWN } from "./own.tsx";
import { forgetInvitation, invitation } from "./invitation.ts";
import { Scanner } from "./scanner.tsx";
import styles from "./pairing.module.css";

/** An invitation that came with the address, or one to paste or to scan. */
export function AcceptScreen() {
  const words = useWords();
  const api = useApi();
  const [brought, setBrought] = useState(invitation);
  const { run, busy, error, clear } = useAction(async (link: string) => {
    const { pairing, own } = await api.acceptInvitation({ link });
    forgetInvitation();
    navigate(`${pairingAddress(pairing)}${own === true ? OWN : ""}`, { replace: true });
  });
  const agreed = brought?.agreed === true;
  const link = brought?.link;
  useEffect(() => {
    if (agreed && link !== undefined) run(link);
  }, [agreed, link, run]);
  const refuse = () => {
    forgetInvitation();
    setBrought(undefined);
    navigate("/", { replace: true });
  };
  if (brought === undefined || error !== undefined) {
    return (
      <Page title={words.accept.title} parent="/new">
        <Paste busy={busy} error={error} onLink={run} onChange={clear} first={link ?? ""} />
      </Page>
    );
  }
  return (
    <Page title={words.accept.confirmTitle} parent={agreed ? "/" : undefined}>
      {agreed || busy ? (
        <Waiting text={words.accept.opening} />
      ) : (
        <Ask onAccept={() => run(brought.link)} onRefuse={refuse} />
      )}
    </Page>
  );
}

function Ask({ onAccept, onRefuse }: { onAccept: () => void; onRefuse: () => void }) {
  const words = useWords();
  return (
    <Stack>
      <p>{words.accept.confirmText}</p>
      <div className={styles["actions"]}>
        <Button kind="primary" onClick={onAccept}>
          {words.accept.confirm}
        </Button>
        <Button onClick={onRefuse}>{words.accept.refuse}</Button>
      </div>
    </Stack>
  );
}

interface PasteProps {
  busy: boolean;
  error: string | undefined;
  first: string;
  onLink: (link: string) => void;
  onChange: () => void;
}

function Paste({ busy, error, first, onLink, onChange }: PasteProps) {
  const words = useWords();
  const sentence = useErrorSentence();
  const touch = useMedia(TOUCH);
  const [text, setText] = useState(first);
  const [scanning, setScanning] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onLink(text);
  };
  const scanned = (link: string) => {
    setScanning(false);
    setText(link);
    onLink(link);
  };
  return (
    <>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        <Quiet>{words.accept.lead}</Quiet>
        <Field
          label={words.accept.field}
          placeholder={words.accept.placeholder}
          problem={error === undefined ? undefined : sentence(error)}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the screen is there to paste into
          autoFocus={!touch}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          inputMode="url"
          value={text}
          onChange={(event) => {
            onChange();
            setText(event.target.value);
          }}
        />
        <Button kind="primary" type="submit" busy={busy}>
          {busy ? words.accept.opening : words.accept.go}
        </Button>
      </form>
      <p className={styles["or"]}>
        <span>{words.accept.or}</span>
      </p>
      {scanning ? (
        <Scanner onLink={scanned} onStop={() => setScanning(false)} />
      ) : (
        <Button icon={<CameraIcon />} onClick={() => setScanning(true)}>
          {words.accept.scan}
        </Button>
      )}
    </>
  );
}
