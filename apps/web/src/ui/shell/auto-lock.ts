import { useEffect } from "react";
import type { HostApi, HostState } from "@pli/engine-web";
import { usePreferences } from "../language.tsx";

const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchstart"] as const;
const CHECK_MS = 5000;
/** How often, at most, a tab tells the others that somebody is there. */
const TELL_MS = 1000;
/** What the others said while this tab slept is heard within this time. */
const HEAR_MS = 250;

/**
 * When somebody last touched a key or the screen, in any tab of this browser. Nothing of it is
 * written down.
 */
function followActivity(host: HostApi) {
  let last = Date.now();
  let told = 0;
  const close = host.watchActivity((at) => (last = Math.max(last, Math.min(at, Date.now()))));
  const note = () => {
    last = Date.now();
    if (Math.abs(last - told) < TELL_MS) return;
    told = last;
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
    let hearing: ReturnType<typeof setTimeout> | undefined;
    // The time of day, since a page that sleeps counts nothing else; a clock that was put back must
    // not keep the app open.
    const due = () => Math.abs(Date.now() - activity.last()) >= autoLock * 60_000;
    const decide = () => {
      hearing = undefined;
      if (due()) void host.lock();
    };
    const check = () => {
      if (due()) hearing ??= setTimeout(decide, HEAR_MS);
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
      clearTimeout(hearing);
      for (const name of ACTIVITY) removeEventListener(name, touched);
      document.removeEventListener("visibilitychange", check);
    };
  }, [host, lock, autoLock]);
}
