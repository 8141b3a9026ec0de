import { useState } from "react";
import type { RecoveryView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { Actions, Page, Quiet, Section } from "../base/page.tsx";
import { Choices } from "../base/switch.tsx";
import { useApi } from "../client.ts";
import { CheckIcon, ShieldIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useProfile } from "../profile.ts";
import { ConfirmedFor } from "../shell/confirmed.tsx";
import { useNow } from "../shell/now.ts";
import { useAction } from "../use-action.ts";
import { useLive } from "../use-live.ts";
import { languageFrom, type Language } from "../../words/index.ts";
import { MessageCopy } from "./message-copy.tsx";
import { PasskeyCopy } from "./passkey.tsx";
import { WordsForm } from "./words-form.tsx";
import styles from "./recovery.module.css";

/** The words that give the profile back: shown until they are confirmed, then only checked. */
export function RecoveryScreen() {
  const words = useWords();
  const recovery = useLive("recovery", {});
  const [typed, setTyped] = useState<string>();
  return (
    <Page title={words.recovery.title} parent="/settings">
      <Quiet>{words.recovery.lead}</Quiet>
      {recovery !== undefined && (
        <>
          <BackedUp at={recovery.backedUpAt} />
          <ConfirmedFor text={words.recovery.confirmText}>
            <Standing recovery={recovery} onRight={setTyped} />
            <PasskeyCopy recovery={recovery} typed={typed} onTyped={setTyped} />
          </ConfirmedFor>
          <MessageCopy />
        </>
      )}
    </Page>
  );
}

interface StandingProps {
  recovery: RecoveryView;
  /** Somebody has typed the right words. */
  onRight: (words: string) => void;
}

function Standing({ recovery: { isShowable, confirmedAt }, onRight }: StandingProps) {
  const words = useWords();
  const format = useFormat();
  const [isChecking, setChecking] = useState(false);
  const [isRight, setRight] = useState(false);
  if (isRight) {
    return (
      <Notice icon={<CheckIcon size={20} />} title={words.recovery.right} alert>
        {words.recovery.rightText}
      </Notice>
    );
  }
  const right = (text: string) => {
    setRight(true);
    onRight(text);
  };
  if (isChecking) return <Check isFirst={isShowable} onRight={right} />;
  if (isShowable) return <Show onNext={() => setChecking(true)} />;
  return (
    <>
      {confirmedAt === undefined ? (
        <Notice>{words.recovery.elsewhere}</Notice>
      ) : (
        <Notice icon={<CheckIcon size={20} />}>{words.recovery.confirmed(format.date(confirmedAt))}</Notice>
      )}
      <Actions>
        <Button onClick={() => setChecking(true)}>{words.recovery.checkAgain}</Button>
      </Actions>
    </>
  );
}

function BackedUp({ at }: { at: number | undefined }) {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  return (
    <Quiet>{at === undefined ? words.recovery.notBackedUp : words.recovery.backedUp(format.moment(at, now))}</Quiet>
  );
}

/** Hidden until they are asked for, and again when the page is left. */
function Show({ onNext }: { onNext: () => void }) {
  const words = useWords();
  const api = useApi();
  const [language, setLanguage] = useState<Language>(() => languageFrom(navigator.languages));
  const [shown, setShown] = useState<readonly string[]>();
  const { run, busy, error } = useAction(async (wanted: Language) => {
    setShown(await api.recoveryWords({ language: wanted }));
    setLanguage(wanted);
  });
  if (shown === undefined) {
    return (
      <>
        <Notice icon={<ShieldIcon size={20} />}>{words.recovery.showText}</Notice>
        <ErrorNotice code={error} />
        <Actions>
          <Button kind="primary" busy={busy} onClick={() => run(language)}>
            {words.recovery.show}
          </Button>
          <Button onClick={onNext}>{words.recovery.check}</Button>
        </Actions>
      </>
    );
  }
  return (
    <>
      <Choices<Language>
        legend={words.recovery.language}
        value={language}
        options={[
          { value: "fr", label: words.recovery.french },
          { value: "en", label: words.recovery.english },
        ]}
        onChange={run}
      />
      <Quiet>{words.recovery.either}</Quiet>
      <Sheet shown={shown} language={language} />
      <Notice kind="warn" icon={<ShieldIcon size={20} />}>
        {words.recovery.keep}
      </Notice>
      <ErrorNotice code={error} />
      <Actions>
        <Button kind="primary" onClick={onNext}>
          {words.recovery.next}
        </Button>
        <Button onClick={() => print()}>{words.recovery.print}</Button>
        <Button kind="quiet" onClick={() => setShown(undefined)}>
          {words.recovery.hide}
        </Button>
      </Actions>
    </>
  );
}

/** The words in order; on paper with what they are for, and nothing else of the page. */
function Sheet({ shown, language }: { shown: readonly string[]; language: Language }) {
  const words = useWords();
  const format = useFormat();
  const name = useProfile()?.name ?? "";
  const now = useNow();
  return (
    <div className={styles["sheet"]}>
      <div className={styles["paper"]} aria-hidden="true">
        <h2>{words.recovery.printTitle}</h2>
        <p>{words.recovery.printText(name, format.date(now))}</p>
      </div>
      <ol className={styles["words"]} aria-label={words.recovery.list} lang={language} translate="no">
        {shown.map((word, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the words never move, and one may come twice
          <li key={index}>{word}</li>
        ))}
      </ol>
    </div>
  );
}

function Check({ isFirst, onRight }: { isFirst: boolean; onRight: (words: string) => void }) {
  const words = useWords();
  const api = useApi();
  const check = async (text: string) => {
    const answer = await api.checkRecovery({ words: text });
    if (!answer.right) return answer;
    onRight(text);
    return undefined;
  };
  return (
    <Section title={words.recovery.check}>
      <Quiet>{words.recovery.checkLead}</Quiet>
      <WordsForm send={check} label={words.recovery.checkDo} busyLabel={words.recovery.checking}>
        {isFirst && <Notice>{words.recovery.gone}</Notice>}
      </WordsForm>
    </Section>
  );
}
