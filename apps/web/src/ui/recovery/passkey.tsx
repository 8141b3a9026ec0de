import { useEffect, useState } from "react";
import type { PasskeyCopyView, RecoveryView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { Button } from "../base/button.tsx";
import { Confirm } from "../base/dialog.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { Actions, Quiet, Section } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi, useClient } from "../client.ts";
import { ShieldIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { useAction } from "../use-action.ts";
import { WordsForm } from "./words-form.tsx";

/** Whether this browser can make a passkey that keeps a secret; false until it is known. */
export function useCanKeepRecovery(): boolean {
  const { host } = useClient();
  const [can, setCan] = useState(false);
  useEffect(() => {
    let isHere = true;
    void host.canKeepRecovery().then((answer) => isHere && setCan(answer));
    return () => {
      isHere = false;
    };
  }, [host]);
  return can;
}

interface PasskeyCopyProps {
  recovery: RecoveryView;
  /** The right words, while they are on this screen. */
  typed: string | undefined;
  onTyped: (words: string | undefined) => void;
}

/** A second copy of the words, which a passkey opens: offered, kept, or removed. */
export function PasskeyCopy(props: PasskeyCopyProps) {
  const words = useWords();
  const can = useCanKeepRecovery();
  const { passkey } = props.recovery;
  if (passkey === undefined && !can) return null;
  return (
    <Section title={words.recovery.passkey.title}>
      {passkey?.isKept === true ? (
        <Kept passkey={passkey} />
      ) : (
        <>
          {passkey !== undefined && <Removed until={passkey.until} />}
          {can && <Offer {...props} />}
        </>
      )}
    </Section>
  );
}

function Offer({ recovery, typed, onTyped }: PasskeyCopyProps) {
  const words = useWords().recovery;
  const { api, host } = useClient();
  const format = useFormat();
  const toasts = useToasts();
  const now = useNow();
  const [isAsking, setAsking] = useState(false);
  const { run, busy, error } = useAction(async () => {
    const passkey = await host.createRecoveryPasskey(words.passkey.keyName(format.date(now)));
    const answer = await api.makePasskeyCopy({ passkey, ...(typed !== undefined && { words: typed }) });
    if (!answer.right) throw new PliError(answer.code);
    onTyped(undefined);
    toasts.say(words.passkey.made);
  });
  const check = async (text: string) => {
    const answer = await api.checkRecovery({ words: text });
    if (!answer.right) return answer;
    onTyped(text);
    return undefined;
  };
  const hasWords = recovery.isShowable || typed !== undefined;
  return (
    <>
      <Quiet>{words.passkey.lead}</Quiet>
      <Notice kind="warn" icon={<ShieldIcon size={20} />}>
        {words.passkey.trust}
      </Notice>
      <ErrorNotice code={error} />
      {isAsking && !hasWords ? (
        <>
          <Quiet>{words.passkey.wordsLead}</Quiet>
          <WordsForm send={check} label={words.checkDo} busyLabel={words.checking} />
        </>
      ) : (
        <Actions>
          <Button busy={busy} onClick={() => (hasWords ? run() : setAsking(true))}>
            {busy ? words.passkey.waiting : isAsking ? words.passkey.create : words.passkey.make}
          </Button>
        </Actions>
      )}
    </>
  );
}

function Kept({ passkey: { madeAt, until } }: { passkey: Extract<PasskeyCopyView, { isKept: true }> }) {
  const words = useWords().recovery.passkey;
  const api = useApi();
  const format = useFormat();
  const toasts = useToasts();
  const now = useNow();
  const [isAsking, setAsking] = useState(false);
  const stored = (): string => {
    if (until === undefined) return words.notStored;
    return until < now ? words.late(format.date(until)) : words.until(format.date(until));
  };
  return (
    <>
      <Notice icon={<ShieldIcon size={20} />}>{words.kept(format.date(madeAt))}</Notice>
      <Quiet>{stored()}</Quiet>
      <Quiet>{words.stolen}</Quiet>
      <Actions>
        <Button kind="danger" onClick={() => setAsking(true)}>
          {words.remove}
        </Button>
      </Actions>
      <Confirm
        open={isAsking}
        title={words.removeTitle}
        text={words.removeText}
        confirm={words.remove}
        danger
        onConfirm={() => toasts.attempt(api.removePasskeyCopy())}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

function Removed({ until }: { until: number }) {
  const words = useWords().recovery.passkey;
  const format = useFormat();
  return <Notice>{words.removed(format.date(until))}</Notice>;
}
