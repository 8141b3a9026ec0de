import { useEffect } from "react";
import type { HostApi, HostState } from "@pli/engine-web";
import { usePreferences } from "../language.tsx";

const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchstart"] as const;
const CHECK_MS = 5000;
/** How often, at most, a tab notifies the others that somebody is there. */
const NOTIFY_MS = 1000;
/** Notifications of other tabs from while this one slept arrive within this time. */
const ARRIVE_MS = 250;

/**
 * When somebody last touched a key or the screen, in any tab of this browser. Nothing of it is
 * written down.
 */
function followActivity(host: HostApi) {
  let last = Date.now();
  let notified = 0;
  const close = host.watchActivity((at) => (last = Math.max(last, Math.min(at, Date.now()))));
  const note = () => {
    last = Date.now();
    if (Math.abs(last - notified) < NOTIFY_MS) return;
    notified = last;
    host.notifyActivity(last);
  };
  note();
  return { last: () => last, note, close };
}

/**
 * Locks the app after the chosen minutes without a touch or a key in any tab, also when the page
 * slept meanwhile.
 */
export function useAutoLock(host: HostApi, lock: HostState["lock"]): void {
  const { autoLock } = usePreferences();
  useEffect(() => {
    if (lock === "none" || autoLock === 0) return undefined;
    const activity = followActivity(host);
    let deciding: ReturnType<typeof setTimeout> | undefined;
    // The time of day, since a page that sleeps counts nothing else; a clock that was put back must
    // not keep the app open.
    const due = () => Math.abs(Date.now() - activity.last()) >= autoLock * 60_000;
    const decide = () => {
      deciding = undefined;
      if (due()) void host.lock();
    };
    const check = () => {
      if (due()) deciding ??= setTimeout(decide, ARRIVE_MS);
    };
    const touched = () => {
      if (due()) check();
      else activity.note();
    };
    const timer = setInterval(check, CHECK_MS);
    for (const name of ACTIVITY) addEventListener(name, touched, { passive: true });
    document.addEventListener("visibilitychange", check);
    return () => {
      activity.close();
      clearInterval(timer);
      clearTimeout(deciding);
      for (const name of ACTIVITY) removeEventListener(name, touched);
      document.removeEventListener("visibilitychange", check);
    };
  }, [host, lock, autoLock]);
}
