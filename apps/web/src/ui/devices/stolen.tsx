import { nameForQuotes } from "@pli/engine/content";
import { Quiet, Stack } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { WordsForm } from "../recovery/words-form.tsx";
import { ConfirmedFor } from "../shell/confirmed.tsx";

/** A device is stolen: by the recovery words this one takes new keys, and shuts it out. */
export function Stolen({ device, name, onClose }: { device: string; name: string; onClose: () => void }) {
  const { devices: words } = useWords();
  const api = useApi();
  const toasts = useToasts();
  const send = async (typed: string) => {
    const answer = await api.declareStolen({ device, words: typed });
    if ("code" in answer) return answer;
    toasts.say(words.stolenDone(nameForQuotes(name), answer.out.length - 1));
    onClose();
    return undefined;
  };
  return (
    <ConfirmedFor text={words.stolenLock}>
      <Stack>
        <Quiet>{words.stolenText}</Quiet>
        <WordsForm send={send} label={words.stolenGo} busyLabel={words.stolenBusy} onCancel={onClose} />
      </Stack>
    </ConfirmedFor>
  );
}
