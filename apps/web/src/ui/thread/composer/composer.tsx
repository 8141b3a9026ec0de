import { useWords } from "../../language.tsx";
import type { DraftKeeper } from "./draft.ts";
import { TextField, type About } from "./text-field.tsx";
import { useDraft } from "./use-draft.ts";

interface ComposerProps {
  name: string;
  /** The draft that all windows share. */
  draft: string;
  keeper: DraftKeeper;
  /** The message that this one answers. */
  about?: About | undefined;
  /** The last text that was sent is to say something else. */
  onEditLast?: () => void;
}

/** Where a message is written. */
export function Composer({ name, draft, keeper, about, onEditLast }: ComposerProps) {
  const { composer } = useWords();
  const { text, type, send } = useDraft(draft, keeper);
  return (
    <TextField
      label={composer.field(name)}
      placeholder={composer.placeholder}
      action={composer.send}
      text={text}
      about={about}
      onType={type}
      onSend={send}
      onUp={onEditLast}
    />
  );
}
