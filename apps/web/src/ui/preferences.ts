import { keptChanges, keptText } from "./kept.ts";

/**
 * What a device remembers about the look of the app. Nothing secret: it must be readable before
 * anything is unlocked.
 */
export interface Preferences {
  language: "auto" | "fr" | "en";
  theme: "system" | "light" | "dark";
  notifications: boolean;
  /** Minutes without activity before the app locks itself; 0 is never. */
  autoLock: number;
  /** Nothing is shown while the app is not in front. */
  veil: boolean;
  /** A lock was offered and answered, or set: it is not offered again. */
  lockOffered: boolean;
  /** The browser marks what it takes for misspelt. */
  spellcheck: boolean;
  /** The bar with the marks of a text stands above the composer. */
  formatBar: boolean;
}

const KEY = "pli.preferences";
const kept = keptText(() => localStorage, KEY);
const initial: Preferences = {
  language: "auto",
  theme: "system",
  notifications: false,
  autoLock: 15,
  veil: false,
  lockOffered: false,
  spellcheck: true,
  formatBar: false,
};

function oneOf<T>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise;
}

/**
 * Preferences from whatever text was stored: what is missing or strange becomes the initial value.
 */
export function parsePreferences(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    stored = Object(JSON.parse(text ?? "{}")) as typeof stored;
  } catch {
    return initial;
  }
  return {
    language: oneOf(stored.language, ["auto", "fr", "en"], initial.language),
    theme: oneOf(stored.theme, ["system", "light", "dark"], initial.theme),
    notifications: stored.notifications === true,
    autoLock: oneOf(stored.autoLock, [0, 1, 5, 15, 60], initial.autoLock),
    veil: stored.veil === true,
    lockOffered: stored.lockOffered === true,
    spellcheck: stored.spellcheck !== false,
    formatBar: stored.formatBar === true,
  };
}

let current: Preferences | undefined;
const changes = keptChanges(KEY, () => (current = undefined));

export function readPreferences(): Preferences {
  current ??= parsePreferences(kept.read());
  return current;
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...readPreferences(), ...change };
  kept.write(JSON.stringify(current));
  changes.tell();
}

/** Calls the listener when the preferences change, here or in another tab. */
export const watchPreferences = changes.watch;
