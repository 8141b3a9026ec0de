import { useState } from "react";
import type { MessageView } from "@pli/engine/api";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { useWords } from "../../language.tsx";
import { typedText } from "../../message/kinds/index.ts";
import { useWriting } from "../writing.ts";
import { TextField } from "./text-field.tsx";

/** In the place of the composer while a text is said otherwise; the draft stays as it is. */
export function EditComposer({ message }: { message: MessageView }) {
  const { composer } = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { write } = useWriting();
  const typed = typedText(message) ?? "";
  const [text, setText] = useState(typed);
  const save = () => {
    const saved = api.editText({ message: message.id, text: text.trimEnd() });
    toasts.attempt(saved);
    // What could not be taken stays in the field.
    void saved.then(
      () => write(),
      () => undefined,
    );
  };
  return (
    <TextField
      label={composer.editField}
      placeholder={composer.editField}
      action={composer.editSave}
      text={text}
      about={{ title: composer.editing, text: typed, cancel: composer.editCancel, onCancel: () => write() }}
      onType={setText}
      onSend={save}
    />
  );
}
