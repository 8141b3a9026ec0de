import { useSyncExternalStore } from "react";

export const WIDE = "(min-width: 56rem)";
export const TOUCH = "(pointer: coarse)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}
