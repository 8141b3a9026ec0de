import { useState, type ReactNode } from "react";
import type { RestoredView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useClient } from "../client.ts";
import { Mark } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { useTitle } from "../shell/title.tsx";
import { useAction } from "../use-action.ts";
import { WordsForm } from "./words-form.tsx";
import start from "../start/start.module.css";

/** On a device that is nobody's yet: the profile back, from the words alone. */
export function Restore({ onBack }: { onBack: () => void }) {
  const words = useWords();
  const { api } = useClient();
  const [stolen, setStolen] = useState(false);
  const isBack = useWelcome();
  const restore = async (text: string) => {
    const answer = await api.restoreRecovery({ words: text, stolen });
    if ("code" in answer) return answer;
    isBack(answer);
    return undefined;
  };
  return (
    <Frame lead={words.recovery.restoreLead} onBack={onBack}>
      <WordsForm send={restore} label={words.recovery.restoreDo} busyLabel={words.recovery.restoring}>
        <Stolen stolen={stolen} onChange={setStolen} />
      </WordsForm>
    </Frame>
  );
}

/** The same from a passkey that opens a copy of the words. */
export function RestoreByPasskey({ onBack }: { onBack: () => void }) {
  const words = useWords();
  const { api, host } = useClient();
  const [stolen, setStolen] = useState(false);
  const isBack = useWelcome();
  const { run, busy, error } = useAction(async () => {
    const passkey = await host.readRecoveryPasskey();
    isBack(await api.restoreByPasskey({ passkey, stolen }));
  });
  return (
    <Frame lead={words.recovery.passkey.restoreLead} onBack={onBack}>
      <Stolen stolen={stolen} onChange={setStolen} />
      <ErrorNotice code={error} />
      <Button kind="primary" wide busy={busy} onClick={() => run()}>
        {busy ? words.recovery.restoring : words.recovery.passkey.use}
      </Button>
    </Frame>
  );
}

/** The profile is here again: to its conversations. */
function useWelcome(): (restored: RestoredView) => void {
  const words = useWords();
  const format = useFormat();
  const toasts = useToasts();
  return ({ name, madeAt, copyProblem }) => {
    navigate("/", { replace: true });
    toasts.say(words.recovery.restored(name, format.date(madeAt)));
    if (copyProblem !== undefined) toasts.say(words.recovery.restoredUnread);
  };
}

function Stolen({ stolen, onChange }: { stolen: boolean; onChange: (stolen: boolean) => void }) {
  const words = useWords();
  return <Switch label={words.recovery.stolen} text={words.recovery.stolenText} checked={stolen} onChange={onChange} />;
}

function Frame({ lead, onBack, children }: { lead: string; onBack: () => void; children: ReactNode }) {
  const words = useWords();
  useTitle(words.app.name);
  return (
    <main className={start["whole"]}>
      <div className={start["column"]}>
        <Mark size={64} />
        <h1>{words.recovery.restore}</h1>
        <p className={start["lead"]}>{lead}</p>
        {children}
        <Button kind="quiet" wide onClick={onBack}>
          {words.devices.hereBack}
        </Button>
      </div>
    </main>
  );
}
