import { useEffect, useState } from "react";
import type { StorageView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { Notice } from "../base/notice.tsx";
import { Fact, Facts, Page, Quiet, Section } from "../base/page.tsx";
import { useLive } from "../use-live.ts";
import { CheckIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { EraseButton } from "./erase.tsx";
import styles from "./settings.module.css";

export function StorageScreen() {
  const words = useWords();
  const storage = useLive("storage", {});
  return (
    <Page title={words.storage.title} parent="/settings">
      {storage !== undefined && <Kept storage={storage} />}
    </Page>
  );
}

function Kept({ storage }: { storage: StorageView }) {
  const words = useWords();
  const format = useFormat();
  const quota = useQuota();
  const { counters } = storage;
  return (
    <>
      <Facts>
        <Fact name={words.storage.size}>
          {format.bytes(storage.databaseBytes)}
          {quota !== undefined && ` ${words.storage.quota(format.bytes(quota))}`}
        </Fact>
        <Fact name={words.storage.conversations}>{format.number(storage.conversations)}</Fact>
        <Fact name={words.storage.messages}>{format.number(storage.messages)}</Fact>
      </Facts>
      <Durable />
      <Section title={words.storage.healing}>
        <Quiet>{words.storage.healingText}</Quiet>
        <Facts>
          <Fact name={words.storage.expected}>{format.number(counters.cellsExpected)}</Fact>
          <Fact name={words.storage.opened}>{format.number(counters.cellsOpened)}</Fact>
          <Fact name={words.storage.duplicates}>{format.number(counters.duplicates)}</Fact>
          <Fact name={words.storage.gaps}>{format.number(counters.gaps)}</Fact>
          <Fact name={words.storage.undecryptable}>{format.number(counters.undecryptable)}</Fact>
          <Fact name={words.storage.rejoins}>{format.number(counters.rejoins)}</Fact>
          <Fact name={words.storage.forks}>{format.number(counters.forks)}</Fact>
          <Fact name={words.storage.ignored}>{format.number(counters.ignoredCommits)}</Fact>
          <Fact name={words.storage.refoundings}>{format.number(counters.refoundings)}</Fact>
        </Facts>
      </Section>
      <Section title={words.storage.erase}>
        <Quiet>{words.storage.eraseText}</Quiet>
        <div className={styles["start"]}>
          <EraseButton />
        </div>
      </Section>
    </>
  );
}

function useQuota(): number | undefined {
  const [quota, setQuota] = useState<number>();
  useEffect(() => {
    navigator.storage.estimate().then(
      (estimate) => setQuota(estimate.quota),
      () => undefined,
    );
  }, []);
  return quota;
}

/** Whether the browser has promised to keep the data, and the way to ask it. */
function Durable() {
  const words = useWords();
  const [kept, setKept] = useState<boolean>();
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    navigator.storage.persisted().then(setKept, () => undefined);
  }, []);
  const ask = async () => {
    const granted = await navigator.storage.persist();
    setKept(granted);
    setRefused(!granted);
  };
  if (kept === undefined) return null;
  return (
    <Section title={words.storage.persist}>
      {kept ? (
        <Notice icon={<CheckIcon size={20} />}>{words.storage.persistOn}</Notice>
      ) : (
        <Notice
          kind="warn"
          alert={refused}
          action={refused ? undefined : <Button onClick={() => void ask()}>{words.storage.persistAsk}</Button>}
        >
          {refused ? words.storage.persistRefused : words.storage.persistOff}
        </Notice>
      )}
    </Section>
  );
}
