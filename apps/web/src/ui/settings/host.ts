import { useEffect, useState } from "react";
import type { HostState } from "@pli/engine-web";
import { useClient } from "../client.ts";

/** What is left of the pause after wrong passphrases, in ms from when it was said. */
export function useWaitMs(): number {
  const { host } = useClient();
  const [waitMs, setWaitMs] = useState(0);
  useEffect(() => host.watchHost((state) => setWaitMs(state.waitMs ?? 0)), [host]);
  return waitMs;
}

/** How this device locks; undefined for the instant before the host has said so. */
export function useLockKind(): HostState["lock"] | undefined {
  const { host } = useClient();
  const [lock, setLock] = useState<HostState["lock"]>();
  useEffect(() => host.watchHost((state) => setLock(state.lock)), [host]);
  return lock;
}
