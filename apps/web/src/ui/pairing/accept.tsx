import { useEffect, useState } from "react";
import { pairingAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Actions, Page, Stack } from "../base/page.tsx";
import { Waiting } from "../base/spinner.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { OWN } from "./own.tsx";
import { forgetInvitation, invitation } from "./invitation.ts";
import { Paste } from "./paste.tsx";

/** An invitation that came with the address, or one to paste or to scan. */
export function AcceptScreen() {
  const words = useWords();
  const api = useApi();
  const [brought, setBrought] = useState(invitation);
  const { run, busy, error, clear } = useAction(async (link: string) => {
    const { pairing, own } = await api.acceptInvitation({ link });
    forgetInvitation();
    navigate(`${pairingAddress(pairing)}${own === true ? OWN : ""}`, { replace: true });
  });
  const agreed = brought?.agreed === true;
  const link = brought?.link;
  useEffect(() => {
    if (agreed && link !== undefined) run(link);
  }, [agreed, link, run]);
  const refuse = () => {
    forgetInvitation();
    setBrought(undefined);
    navigate("/", { replace: true });
  };
  if (brought === undefined || error !== undefined) {
    return (
      <Page title={words.accept.title} parent="/new">
        <Paste
          said={words.accept}
          scans={{ path: "i", other: words.accept.notInvitation }}
          busy={busy}
          error={error}
          onLink={run}
          onChange={clear}
          first={link ?? ""}
        />
      </Page>
    );
  }
  return (
    <Page title={words.accept.confirmTitle} parent={agreed ? "/" : undefined}>
      {agreed || busy ? (
        <Waiting text={words.accept.opening} />
      ) : (
        <Ask onAccept={() => run(brought.link)} onRefuse={refuse} />
      )}
    </Page>
  );
}

function Ask({ onAccept, onRefuse }: { onAccept: () => void; onRefuse: () => void }) {
  const words = useWords();
  return (
    <Stack>
      <p>{words.accept.confirmText}</p>
      <Actions>
        <Button kind="primary" onClick={onAccept}>
          {words.accept.confirm}
        </Button>
        <Button onClick={onRefuse}>{words.accept.refuse}</Button>
      </Actions>
    </Stack>
  );
}
