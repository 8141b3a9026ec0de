import { useEffect, useLayoutEffect, useState } from "react";
import type { StatusView } from "@pli/engine/api";
import type { HostApi, HostState } from "@pli/engine-web";
import { ToastProvider } from "./base/toast.tsx";
import { ClientContext, useClient, type Client } from "./client.ts";
import { useLivePart } from "./use-live.ts";
import { LanguageProvider } from "./language.tsx";
import { leaveErased } from "./profiles.ts";
import { navigate } from "./router.tsx";
import { Shell } from "./shell/shell.tsx";
import { Veil } from "./shell/veil.tsx";
import { UpdateNotice, type Updates } from "./shell/update.tsx";
import { Crash } from "./start/crash.tsx";
import { Failure } from "./start/failure.tsx";
import { LockScreen } from "./start/lock.tsx";
import { Opening } from "./start/opening.tsx";
import { Start } from "./start/start.tsx";

export function App({ client, updates }: { client: Client; updates: Updates }) {
  return (
    <LanguageProvider>
      <Crash>
        <ClientContext value={client}>
          <ToastProvider>
            <Phases />
            <Veil />
            <UpdateNotice updates={updates} />
          </ToastProvider>
        </ClientContext>
      </Crash>
    </LanguageProvider>
  );
}

function useHost(host: HostApi): HostState {
  const [state, setState] = useState<HostState>({ phase: "starting", lock: "none", leader: false });
  useEffect(() => host.watchHost(setState), [host]);
  return state;
}

/** What this device allows at the moment decides what there is to see. */
function Phases() {
  const { host, live } = useClient();
  const { phase, lock, error, waitMs, isGone = false, isFresh = false } = useHost(host);
  useEffect(() => {
    if (phase === "locked") live.clear();
  }, [phase, live]);
  useEffect(() => {
    if (isGone) leaveErased();
  }, [isGone]);
  useLayoutEffect(() => {
    if (isFresh) navigate("/", { replace: true });
  }, [isFresh]);
  switch (phase) {
    case "starting":
      return <Opening />;
    case "locked":
      return <LockScreen lock={lock} waitMs={waitMs ?? 0} />;
    case "failed":
      return <Failure code={error ?? "internal"} />;
    case "open":
      return <Open lock={lock} />;
  }
}

function Open({ lock }: { lock: HostState["lock"] }) {
  const { ready, value: name } = useLivePart("status", {}, profileName);
  if (!ready) return <Opening />;
  return name === undefined ? <Start /> : <Shell lock={lock} name={name} />;
}

const profileName = ({ profile }: StatusView) => profile?.name;
