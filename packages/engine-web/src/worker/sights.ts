/** The places of the app that are in sight in the other tabs. */
export interface Sights {
  /** Replaces those of one tab. */
  set(tab: string, places: readonly string[]): void;
  forget(tab: string): void;
}

/** Calls `onChange` with the places of all tabs after each change. */
export function createSights(onChange: (places: readonly string[]) => void): Sights {
  const byTab = new Map<string, readonly string[]>();

  function set(tab: string, places: readonly string[]): void {
    if (places.length > 0) byTab.set(tab, places);
    else byTab.delete(tab);
    onChange([...new Set([...byTab.values()].flat())]);
  }

  return {
    set,
    forget(tab) {
      if (byTab.has(tab)) set(tab, []);
    },
  };
}
