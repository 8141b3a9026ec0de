import { useState } from "react";
import { Button } from "../base/button.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { Mark } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { useTitle } from "../shell/title.tsx";
import { WordsForm } from "./words-form.tsx";
import start from "../start/start.module.css";

/** On a device that is nobody's yet: the profile back, from the words alone. */
export function Restore({ onBack }: { onBack: () => void }) {
  const words = useWords();
  const api = useApi();
  const format = useFormat();
  const toasts = useToasts();
  const [stolen, setStolen] = useState(false);
  useTitle(words.app.name);
  const restore = async (text: string) => {
    const answer = await api.restoreRecovery({ words: text, stolen });
    if ("code" in answer) return answer;
    navigate("/", { replace: true });
    toasts.say(words.recovery.restored(answer.name, format.date(answer.madeAt)));
    if (answer.copyProblem !== undefined) toasts.say(words.recovery.restoredUnread);
    return undefined;
  };
  return (
    <main className={start["whole"]}>
      <div className={start["column"]}>
        <Mark size={64} />
        <h1>{words.recovery.restore}</h1>
        <p className={start["lead"]}>{words.recovery.restoreLead}</p>
        <WordsForm send={restore} label={words.recovery.restoreDo} busyLabel={words.recovery.restoring}>
          <Switch
            label={words.recovery.stolen}
            text={words.recovery.stolenText}
            checked={stolen}
            onChange={setStolen}
          />
        </WordsForm>
        <Button kind="quiet" wide onClick={onBack}>
          {words.devices.hereBack}
        </Button>
      </div>
    </main>
  );
}
