import { useState } from "react";
import { Button } from "../base/button.tsx";
import { Confirm } from "../base/dialog.tsx";
import { Empty } from "../base/empty.tsx";
import { useToasts } from "../base/toast.tsx";
import { WarningIcon } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { OtherProfiles } from "../shell/profile-switch.tsx";
import { useEraseProfile } from "../settings/erase.tsx";
import { useTitle } from "../shell/title.tsx";
import styles from "./start.module.css";

const BEYOND_REPAIR = new Set(["database_damaged", "database_wrong_key"]);
const isErasable = (code: string): boolean => BEYOND_REPAIR.has(code) || code === "database_older";

/** Why the app could not open, and what can be done about it, in a title and a sentence or two. */
function useExplanation(code: string): readonly [title: string, text: string] {
  const { failure } = useWords();
  const sentence = useErrorSentence();
  if (code === "browser_unsupported") return [failure.unsupported, failure.unsupportedText];
  if (code === "storage_blocked") return [failure.blocked, failure.blockedText(location.host)];
  if (code === "database_locked") return [failure.elsewhere, failure.elsewhereText];
  if (BEYOND_REPAIR.has(code)) return [failure.damaged, failure.damagedText];
  return [failure.title, sentence(code)];
}

/** The app could not open: why, and what can be done. Nothing was deleted. */
export function Failure({ code }: { code: string }) {
  const words = useWords();
  const [title, text] = useExplanation(code);
  useTitle(title);
  return (
    <main className={styles["whole"]}>
      <Empty icon={<WarningIcon size={28} />} title={title} text={text}>
        <Button kind="primary" onClick={() => location.reload()}>
          {words.failure.reload}
        </Button>
        {isErasable(code) && <EraseButton />}
        <OtherProfiles />
        <p className={styles["code"]}>
          {words.failure.code} <code>{code}</code>
        </p>
      </Empty>
    </main>
  );
}

function EraseButton() {
  const words = useWords();
  const erase = useEraseProfile();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {words.failure.erase}
      </Button>
      <Confirm
        open={asking}
        title={words.storage.eraseAsk}
        text={words.storage.eraseText}
        confirm={words.storage.eraseDo}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => toasts.attempt(erase())}
      />
    </>
  );
}
