import { useState } from "react";
import type { PairingView } from "@pli/engine/api";
import { Field } from "../base/field.tsx";
import { errorCode } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useErrorSentence, useWords } from "../language.tsx";

/** A name of one's own for an invitation, kept as it is typed. */
export function NameInvitation({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const api = useApi();
  const sentence = useErrorSentence();
  const [name, setName] = useState(pairing.name);
  const [problem, setProblem] = useState<string>();
  const change = (text: string) => {
    setName(text);
    api.nameInvitation({ pairing: pairing.id, name: text }).then(
      () => setProblem(undefined),
      (error: unknown) => setProblem(errorCode(error)),
    );
  };
  return (
    <Field
      label={words.invite.name}
      hint={words.invite.nameHint}
      problem={problem === undefined ? undefined : sentence(problem)}
      autoComplete="off"
      value={name}
      onChange={(event) => change(event.target.value)}
    />
  );
}
