import type { Exported } from "@pli/archive";
import { Button } from "../base/button.tsx";
import { CopyButton } from "../base/copy.tsx";
import { ErrorNotice, Notice } from "../base/notice.tsx";
import { Quiet, Section } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { CheckIcon, DownIcon, ShareIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { choosePlace, writesFiles, type Place } from "./place.ts";
import { ProgressBar } from "./progress.tsx";
import { useWork } from "./use-work.ts";
import styles from "./archive.module.css";

interface Done {
  readonly name: string;
  readonly passphrase: string;
  readonly exported: Exported;
  readonly place: Place;
}

/** Writes everything into one file, and then shows its words. */
export function ExportPart() {
  const words = useWords();
  const say = words.archive;
  const api = useApi();
  const { running, result, error, isStopped, run, stop, clear } = useWork<Done>();
  const start = () =>
    run(async (work) => {
      const name = `pli-${new Date().toISOString().slice(0, 10)}.age`;
      const place = await choosePlace(name);
      if (place === undefined) return undefined;
      try {
        // Loaded only for this: it is not part of what every visit loads.
        const { createPassphrase, exportAll } = await import("@pli/archive");
        const passphrase = createPassphrase();
        const exported = await exportAll(api, place, { ...work, passphrase });
        return { name, passphrase, exported, place };
      } catch (failure) {
        await place.discard();
        throw failure;
      }
    });
  if (result !== undefined) return <Exported done={result} onClose={clear} />;
  return (
    <Section title={say.exportTitle}>
      <Quiet>{say.exportText}</Quiet>
      {!writesFiles() && <Quiet>{say.memory}</Quiet>}
      <ErrorNotice code={error} />
      {isStopped && <Notice alert>{say.exportStopped}</Notice>}
      {running === undefined ? (
        <Button className={styles["start"] ?? ""} kind="primary" icon={<ShareIcon />} onClick={start}>
          {say.exportDo}
        </Button>
      ) : (
        <ProgressBar progress={running.progress} onStop={stop} />
      )}
    </Section>
  );
}

function Exported({ done, onClose }: { done: Done; onClose: () => void }) {
  const words = useWords();
  const format = useFormat();
  const say = words.archive;
  const { name, passphrase, exported, place } = done;
  const file = place.download();
  return (
    <Section title={say.exportTitle}>
      <Notice icon={<CheckIcon size={20} />} alert>
        {say.exported(exported.messages, exported.conversations)} {say.size(format.bytes(exported.bytes))}
        {exported.leftOut > 0 && ` ${say.leftOut(exported.leftOut)}`}
      </Notice>
      <div className={styles["card"]}>
        <strong>{say.wordsTitle}</strong>
        <p className={styles["words"]} translate="no">
          {passphrase}
        </p>
        <p className={styles["quiet"]}>{say.wordsText}</p>
        <CopyButton text={passphrase} label={say.copyWords} said={words.app.copied} />
      </div>
      {file !== undefined && (
        <>
          <Quiet>{say.downloadText}</Quiet>
          <Button
            className={styles["start"] ?? ""}
            kind="primary"
            icon={<DownIcon />}
            onClick={() => download(file, name)}
          >
            {say.download}
          </Button>
        </>
      )}
      <Quiet>{say.opens}</Quiet>
      <Button className={styles["start"] ?? ""} onClick={onClose}>
        {say.noted}
      </Button>
    </Section>
  );
}

/** How long a browser may take to begin a download, in ms. */
const BEGINS_MS = 600_000;

function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINS_MS);
}
