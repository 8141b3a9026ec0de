import { pairingAddress } from "../address.ts";
import { Notice } from "../base/notice.tsx";
import { Page } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { ShieldIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Paste } from "../pairing/paste.tsx";
import { navigate, usePlace } from "../router.tsx";
import { ConfirmedFor } from "../shell/confirmed.tsx";
import { useAction } from "../use-action.ts";
import { SENT } from "./sent.ts";

/** Letting a new device in, by the link that it shows. */
export function AddDeviceScreen() {
  const { devices: words } = useWords();
  const api = useApi();
  const wasSent = usePlace().query === SENT;
  const { run, busy, error, clear } = useAction(async (link: string) => {
    const { pairing } = await api.addDevice({ link });
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
      <Notice kind="warn" icon={<ShieldIcon size={20} />}>
        {words.addWarning}
      </Notice>
    </Page>
  );
}
