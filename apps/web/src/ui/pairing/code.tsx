import { useRef, useState, type FormEvent } from "react";
import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { Notice } from "../base/notice.tsx";
import { Quiet } from "../base/page.tsx";
import { Waiting } from "../base/spinner.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { CheckIcon } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import type { Words } from "../../words/index.ts";
import { StopButton } from "./stop.tsx";
import styles from "./code.module.css";

/**
 * Four digits to read out, four to type: they tell the right person from somebody in the
 * middle.
 */
export function CodeExchange({ pairing }: { pairing: PairingView }) {
  const said = codeWords(useWords(), pairing);
  const { say = "", step } = pairing;
  const peer = shownName(pairing.peer ?? "");
  return (
    <>
      <p>{said.lead(peer)}</p>
      <section className={styles["say"]}>
        <h2>{said.say}</h2>
        <p className={styles["digits"]} role="img" aria-label={said.sayLabel(say.split("").join(" "))}>
          {say.split("").map((digit, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- digits never move
            <span key={index}>{digit}</span>
          ))}
        </p>
      </section>
      {step === "code" ? <TypeCode pairing={pairing} /> : <Confirming pairing={pairing} peer={peer} />}
      <Quiet>{said.why}</Quiet>
      <StopButton pairing={pairing} />
    </>
  );
}

function Confirming({ pairing, peer }: { pairing: PairingView; peer: string }) {
  const said = codeWords(useWords(), pairing);
  return (
    <>
      <Notice icon={<CheckIcon size={20} />} title={said.right} alert />
      <Waiting text={said.rightText(peer)} />
    </>
  );
}

function TypeCode({ pairing }: { pairing: PairingView }) {
  const said = codeWords(useWords(), pairing);
  const api = useApi();
  const touch = useMedia(TOUCH);
  const problem = useProblem(pairing);
  const field = useRef<HTMLInputElement>(null);
  const [digits, setDigits] = useState("");
  const { run, busy, error, clear } = useAction(async () => {
    try {
      await api.typeCode({ pairing: pairing.id, digits });
    } finally {
      setDigits("");
      field.current?.focus();
    }
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (digits.length === 4) run();
  };
  return (
    <form className={styles["type"]} onSubmit={submit} noValidate>
      <Field
        ref={field}
        className={styles["field"] ?? ""}
        label={said.type(shownName(pairing.peer ?? ""))}
        hint={pairing.attemptsLeft < 3 || error !== undefined ? undefined : said.attempts(pairing.attemptsLeft)}
        problem={problem(error)}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do here
        autoFocus={!touch}
        inputMode="numeric"
        autoComplete="off"
        placeholder="0000"
        // What is typed while the last four are checked would be emptied with them.
        readOnly={busy}
        value={digits}
        onChange={(event) => {
          clear();
          setDigits(event.target.value.replaceAll(/\D/gu, "").slice(0, 4));
        }}
      />
      <Button kind="primary" type="submit" wide busy={busy || digits.length < 4}>
        {busy ? said.checking : said.check}
      </Button>
    </form>
  );
}

/** The sentence to show: what just failed, or how many tries earlier mistakes have left. */
function useProblem(pairing: PairingView): (error: string | undefined) => string | undefined {
  const said = codeWords(useWords(), pairing);
  const sentence = useErrorSentence();
  const { attemptsLeft } = pairing;
  return (error) => {
    if (error === "code_wrong") return said.wrong(attemptsLeft);
    if (error !== undefined) return sentence(error);
    return attemptsLeft < 3 ? said.wrong(attemptsLeft) : undefined;
  };
}

/** What is said of digits between two people, or between two devices of one person. */
export const codeWords = (words: Words, { purpose }: Pick<PairingView, "purpose">): Words["code"] =>
  purpose === "device" ? words.devices.code : words.code;
