import { useState, type FormEvent } from "react";
import { Button } from "../base/button.tsx";
import { NameField } from "../base/field.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { LinkHere, useOwnLink } from "../devices/here.tsx";
import { Mark } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { agreeToInvitation, invitation } from "../pairing/invitation.ts";
import { useCanKeepRecovery } from "../recovery/passkey.tsx";
import { Restore, RestoreByPasskey } from "../recovery/restore.tsx";
import { navigate } from "../router.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import { OtherProfiles } from "../shell/profile-switch.tsx";
import { useTitle } from "../shell/title.tsx";
import styles from "./start.module.css";

/** The first minute: a new profile, or one that there is already. */
export function Start() {
  const link = useOwnLink();
  const [way, setWay] = useState<"new" | "link" | "restore" | "passkey">("new");
  const back = () => setWay("new");
  if (link !== undefined || way === "link") return <LinkHere pairing={link} onBack={back} />;
  if (way === "restore") return <Restore onBack={back} />;
  if (way === "passkey") return <RestoreByPasskey onBack={back} />;
  return (
    <NewProfile onLink={() => setWay("link")} onRestore={() => setWay("restore")} onPasskey={() => setWay("passkey")} />
  );
}

interface NewProfileProps {
  onLink: () => void;
  onRestore: () => void;
  onPasskey: () => void;
}

/** One sentence, one field, one button. Then wherever the person was going. */
function NewProfile({ onLink, onRestore, onPasskey }: NewProfileProps) {
  const canKeepRecovery = useCanKeepRecovery();
  const words = useWords();
  const api = useApi();
  const touch = useMedia(TOUCH);
  const [name, setName] = useState("");
  const [invited] = useState(() => invitation() !== undefined);
  const { run, busy, error, clear } = useAction(async () => {
    agreeToInvitation();
    navigate(invited ? "/accept" : "/welcome", { replace: true });
    await api.createProfile({ name });
  });
  useTitle(words.app.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <main className={styles["whole"]}>
      <form className={styles["column"]} onSubmit={submit} noValidate>
        <Mark size={64} />
        <h1>{words.start.title}</h1>
        <p className={styles["lead"]}>{invited ? words.start.invited : words.start.sentence}</p>
        <NameField
          className={styles["field"] ?? ""}
          label={words.start.name}
          hint={words.start.nameHint}
          error={error}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the only field of the first screen
          autoFocus={!touch}
          value={name}
          onName={(typed) => {
            clear();
            setName(typed);
          }}
        />
        <Button kind="primary" type="submit" wide busy={busy}>
          {busy ? words.start.beginning : words.start.begin}
        </Button>
        <Button kind="quiet" wide onClick={onLink}>
          {words.devices.here}
        </Button>
        <Button kind="quiet" wide onClick={onRestore}>
          {words.recovery.have}
        </Button>
        {canKeepRecovery && (
          <Button kind="quiet" wide onClick={onPasskey}>
            {words.recovery.passkey.have}
          </Button>
        )}
        <OtherProfiles />
      </form>
    </main>
  );
}
