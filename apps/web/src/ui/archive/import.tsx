import { useState, type FormEvent } from "react";
import type { Imported, Source } from "@pli/archive";
import { Button } from "../base/button.tsx";
import { TextArea } from "../base/field.tsx";
import { FileButton } from "../base/file-button.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { Quiet, Section } from "../base/page.tsx";
import { Shown } from "../base/shown.tsx";
import { Switch } from "../base/switch.tsx";
import { useApi } from "../client.ts";
import { CheckIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { ProgressBar } from "./progress.tsx";
import { useWork, type Working } from "./use-work.ts";
import styles from "./archive.module.css";

/** A file that was read to its end, and what it would add. */
interface Found {
  readonly source: Source;
  readonly passphrase: string;
  readonly found: Imported;
}

/** Names that are shown one by one; of more only the number is. */
const SHOWN_NAMES = 20;

/** Reads a file, says what it would add, and adds it once the person says so. */
export function ImportPart() {
  const reading = useWork<Found>();
  const adding = useWork<Imported>();
  const say = useWords().archive;
  const again = () => {
    reading.clear();
    adding.clear();
  };
  return (
    <Section title={say.importTitle}>
      {adding.result !== undefined ? (
        <Added added={adding.result} onClose={again} />
      ) : reading.result === undefined ? (
        <ChooseFile work={reading} />
      ) : (
        <Ask {...reading.result} work={adding} onClose={again} />
      )}
    </Section>
  );
}

function ChooseFile({ work }: { work: Working<Found> }) {
  const say = useWords().archive;
  const format = useFormat();
  const api = useApi();
  const [file, setFile] = useState<File>();
  const [typed, setTyped] = useState("");
  const isReady = file !== undefined && typed.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    work.run(async (given) => {
      const { importAll, readPassphrase } = await import("@pli/archive");
      const source: Source = { bytes: file.size, open: async () => file.stream() };
      const passphrase = readPassphrase(typed);
      return { source, passphrase, found: await importAll(api, source, { ...given, passphrase, mode: "count" }) };
    });
  };
  if (work.running !== undefined) return <ProgressBar progress={work.running.progress} onStop={work.stop} />;
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <Quiet>{say.importText}</Quiet>
      <div className={styles["file"]}>
        <FileButton label={say.file} onFile={setFile}>
          {file === undefined ? say.choose : say.chooseOther}
        </FileButton>
        {file !== undefined && (
          <span>
            <Shown text={file.name} /> <span className={styles["quiet"]}>{format.bytes(file.size)}</span>
          </span>
        )}
      </div>
      <TextArea
        label={say.words}
        hint={say.wordsHint}
        rows={2}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        translate="no"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ErrorNotice code={work.error} />
      {work.isStopped && <Notice alert>{say.nothingAdded}</Notice>}
      <Button type="submit" kind="primary" disabled={!isReady}>
        {say.read}
      </Button>
    </form>
  );
}

function Ask({ source, passphrase, found, work, onClose }: Found & { work: Working<Imported>; onClose: () => void }) {
  const words = useWords();
  const say = words.archive;
  const format = useFormat();
  const api = useApi();
  const [takesNames, setTakesNames] = useState(false);
  const { file, messages, conversations, here, passed, names } = found;
  const hasSome = messages > 0 || (takesNames && names.length > 0);
  const add = () =>
    work.run(async (given) => {
      const { importAll } = await import("@pli/archive");
      return importAll(api, source, { ...given, passphrase, names: takesNames, mode: "add" });
    });
  if (work.running !== undefined) return <ProgressBar progress={work.running.progress} onStop={work.stop} />;
  return (
    <div className={styles["form"]}>
      <p>
        <Shown text={say.from(file.profile.name, format.date(file.madeAt))} />
      </p>
      <p>
        <strong>{messages === 0 ? say.nothing : say.would(messages, conversations)}</strong>
      </p>
      {here > 0 && <Quiet>{say.here(here)}</Quiet>}
      {passed > 0 && <Quiet>{say.passed(passed)}</Quiet>}
      <Quiet>{say.wouldText}</Quiet>
      {names.length > 0 && (
        <>
          <Switch label={say.names(names.length)} text={say.namesText} checked={takesNames} onChange={setTakesNames} />
          <ul className={styles["names"]}>
            {names.slice(0, SHOWN_NAMES).map(({ contact, from, to }) => (
              <li key={contact}>
                <Shown text={from} /> → <Shown text={to} />
              </li>
            ))}
          </ul>
        </>
      )}
      <ErrorNotice code={work.error} />
      {work.isStopped && <Notice alert>{say.addingStopped}</Notice>}
      <div className={styles["actions"]}>
        <Button onClick={onClose}>{words.app.cancel}</Button>
        <Button kind="primary" disabled={!hasSome} onClick={add}>
          {say.add}
        </Button>
      </div>
    </div>
  );
}

function Added({ added, onClose }: { added: Imported; onClose: () => void }) {
  const words = useWords();
  const say = words.archive;
  return (
    <div className={styles["form"]}>
      <Notice icon={<CheckIcon size={20} />} alert>
        {say.added(added.messages, added.conversations)}
      </Notice>
      {added.conversations > 0 && <Quiet>{say.addedText}</Quiet>}
      <Button onClick={onClose}>{words.app.done}</Button>
    </div>
  );
}
