import { useEffect, useEffectEvent, useRef } from "react";

/** Calls `act` after each change of the value, and not for the first one. */
export function useAfterChange<T>(value: T, act: (value: T) => void): void {
  const changed = useEffectEvent(act);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    changed(value);
  }, [value]);
}
