import { useEffect, useState } from "react";
import type { HostApi } from "@pli/engine-web";
import { useClient } from "../client.ts";
import { usePlace } from "../router.tsx";
import { useMedia, WIDE } from "./media.ts";

/**
 * Which places of the app, by their addresses, somebody has before their eyes: in this tab or in
 * another.
 */
export interface Sight {
  has(place: string): boolean;
  /** Calls the listener after each change, until the returned function is called. */
  watch(listener: () => void): () => void;
}

/** Somebody sits before this page: it is in sight, and what they type goes here. */
export const isAttended = (): boolean => document.visibilityState === "visible" && document.hasFocus();

function createSight(host: HostApi) {
  const listeners = new Set<() => void>();
  let shown: readonly string[] = [];
  let own: readonly string[] = [];
  let others: readonly string[] = [];

  const changed = () => listeners.forEach((listener) => listener());

  function look(places: readonly string[]): void {
    if (places.join("\n") === own.join("\n")) return;
    own = places;
    host.notifySight(own);
    changed();
  }

  const lookAgain = () => look(isAttended() ? shown : []);

  return {
    has: (place: string) => own.includes(place) || others.includes(place),
    watch(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** This tab shows these places from now on. */
    shows(places: readonly string[]) {
      shown = places;
      lookAgain();
    },
    /** Follows the window and the other tabs until the returned function is called. */
    follow() {
      const stopOthers = host.watchSight((places) => {
        others = places;
        changed();
      });
      lookAgain();
      for (const name of ["focus", "blur", "pageshow"] as const) addEventListener(name, lookAgain);
      document.addEventListener("visibilitychange", lookAgain);
      const ends = () => look([]);
      addEventListener("pagehide", ends);
      return () => {
        ends();
        stopOthers();
        removeEventListener("pagehide", ends);
        for (const name of ["focus", "blur", "pageshow"] as const) removeEventListener(name, lookAgain);
        document.removeEventListener("visibilitychange", lookAgain);
      };
    },
  };
}

/**
 * Notifies the other tabs of what is in sight in this one: the screen of its address, and the list
 * where it stands beside.
 */
export function useSight(): Sight {
  const { host } = useClient();
  const { path } = usePlace();
  const wide = useMedia(WIDE);
  const [sight] = useState(() => createSight(host));
  useEffect(() => sight.shows(wide ? ["/", path] : [path]), [sight, path, wide]);
  useEffect(() => sight.follow(), [sight]);
  return sight;
}
