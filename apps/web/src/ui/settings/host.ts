import { useEffect, useState } from "react";
import type { HostState } from "@pli/engine-web";
import { useClient } from "../client.ts";

/** How this device locks; undefined for the instant before the host has said so. */
export function useLockKind(): HostState["lock"] | undefined {
  const { host } = useClient();
  const [lock, setLock] = useState<HostState["lock"]>();
  useEffect(() => host.watchHost((state) => setLock(state.lock)), [host]);
  return lock;
}
