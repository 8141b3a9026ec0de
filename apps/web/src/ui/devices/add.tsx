import { pairingAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { Notice } from "../base/notice.tsx";
import { Page } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { ShieldIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Paste } from "../pairing/paste.tsx";
import { navigate, usePlace } from "../router.tsx";
import { useLockKind } from "../settings/host.ts";
import { ConfirmedFor } from "../shell/confirmed.tsx";
import { useNow } from "../shell/now.ts";
import { useLive } from "../use-live.ts";
import { useAction } from "../use-action.ts";
import { SENT } from "./sent.ts";

const DAY_MS = 86_400_000;

/** Letting a new device in, by the link that it shows. */
export function AddDeviceScreen() {
  const { devices: words } = useWords();
  const api = useApi();
  const lock = useLockKind();
  const now = useNow();
  // As the engine has it: within the first day nobody waits.
  const isOlder = useLive("devices", {})?.some(({ addedAt }) => now - addedAt > DAY_MS) === true;
  const wasSent = usePlace().query === SENT;
  const { run, busy, error, clear } = useAction(async (link: string) => {
    const { pairing } = await api.addDevice({ link, confirmed: lock !== undefined && lock !== "none" });
    navigate(pairingAddress(pairing), { replace: true });
  });
  return (
    <Page title={words.addTitle} parent="/settings/devices">
      {wasSent && (
        <Notice kind="danger" title={words.sent} alert>
          {words.sentText}
        </Notice>
      )}
      <ConfirmedFor text={words.confirmLock}>
        <Paste
          said={{ ...words, lead: words.addLead }}
          scans={{ path: "d", other: words.notLink }}
          busy={busy}
          error={error}
          first=""
          onLink={run}
          onChange={clear}
        />
      </ConfirmedFor>
      {lock === "none" && isOlder && (
        <Notice action={<Button onClick={() => navigate("/settings/lock")}>{words.locklessGo}</Button>}>
          {words.lockless}
        </Notice>
      )}
      <Notice kind="warn" icon={<ShieldIcon size={20} />}>
        {words.addWarning}
      </Notice>
    </Page>
  );
}
