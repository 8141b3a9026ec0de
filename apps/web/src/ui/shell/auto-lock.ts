import { useEffect } from "react";
import type { HostApi, HostState } from "@pli/engine-web";
import { usePreferences } from "../language.tsx";

const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** Locks the app after the chosen minutes without a touch or a key, also when the page slept meanwhile. */
export function useAutoLock(host: HostApi, lock: HostState["lock"]): void {
  const { autoLock } = usePreferences();
  useEffect(() => {
    if (lock === "none" || autoLock === 0) return undefined;
    const limit = autoLock * 60_000;
    let last = Date.now();
    const check = () => {
      if (Date.now() - last >= limit) void host.lock();
    };
    const note = () => {
      check();
      last = Date.now();
    };
    const timer = setInterval(check, 5000);
    for (const name of ACTIVITY) addEventListener(name, note, { passive: true });
    document.addEventListener("visibilitychange", check);
    return () => {
      clearInterval(timer);
      for (const name of ACTIVITY) removeEventListener(name, note);
      document.removeEventListener("visibilitychange", check);
    };
  }, [host, lock, autoLock]);
}
