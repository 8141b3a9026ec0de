import { useEffect, useRef } from "react";
import type { StatusView } from "@pli/engine/api";
import { useApi } from "../../client.ts";
import { useLivePart } from "../../use-live.ts";

/**
 * Stores that do not answer are called no more often than this when the person comes back to the
 * page.
 */
const PAUSE_MS = 2_000;

/**
 * Calls the stores that do not answer as soon as the network is back or somebody looks at the page
 * again.
 */
export function useReconnect(): void {
  const api = useApi();
  const isAway = useLivePart("status", {}, isStoreAway).value ?? false;
  const called = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!isAway) return undefined;
    const call = () => {
      if (document.hidden || performance.now() - called.current < PAUSE_MS) return;
      called.current = performance.now();
      void api.reconnect().catch(() => undefined);
    };
    addEventListener("online", call);
    addEventListener("focus", call);
    document.addEventListener("visibilitychange", call);
    return () => {
      removeEventListener("online", call);
      removeEventListener("focus", call);
      document.removeEventListener("visibilitychange", call);
    };
  }, [api, isAway]);
}

const isStoreAway = ({ connection, storesAway }: StatusView): boolean =>
  connection.state === "offline" || storesAway !== undefined;
