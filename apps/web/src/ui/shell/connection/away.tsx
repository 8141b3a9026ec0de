import type { StoreAway } from "@pli/engine/api";
import { Button } from "../../base/button.tsx";
import { Notice } from "../../base/notice.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useApi, useClient } from "../../client.ts";
import { useWords } from "../../language.tsx";
import { NextTry, useNetwork } from "./next-try.tsx";

/**
 * A store that does not answer, and what waits for it. Of another than the app's own: which, when
 * it is called next, and a way to call it now; the banner has that of the app's own.
 */
export function AwayNotice({ away, children }: { away: StoreAway; children: string }) {
  const words = useWords();
  const network = useNetwork();
  const { store } = useClient();
  if (!network || away.store === store)
    return (
      <Notice kind="warn" title={network ? words.banner.offline : words.banner.noNetwork}>
        {children}
      </Notice>
    );
  return (
    <Notice kind="warn" title={words.away.store(hostOf(away.store))} action={<CallNow />}>
      {children} <NextTry at={away.nextTry} />
    </Notice>
  );
}

function CallNow() {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  return (
    <Button kind="quiet" onClick={() => toasts.attempt(api.reconnect())}>
      {words.banner.reconnect}
    </Button>
  );
}

/** An address as people know it. */
const hostOf = (store: string): string => store.replace(/^https?:\/\//u, "");
