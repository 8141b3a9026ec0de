/**
 * A small text that the browser keeps: for good (`localStorage`) or as long as this tab
 * (`sessionStorage`). Where it refuses to, nothing is kept and nothing fails: what must be kept is
 * not kept here.
 */
export interface KeptText {
  read(): string | null;
  write(text: string): void;
  remove(): void;
}

/** Who hears when a kept text changes. */
export interface KeptChanges {
  /** It was changed here. */
  tell(): void;
  /** Until the returned function is called: changes here, and in another tab. */
  watch(listener: () => void): () => void;
}

/** `forget`: another tab has changed it, so that what is known of it here is old. */
export function keptChanges(key: string, forget: () => void): KeptChanges {
  const listeners = new Set<() => void>();
  return {
    tell: () => {
      for (const listener of listeners) listener();
    },
    watch: (listener) => {
      const changedElsewhere = (event: StorageEvent) => {
        if (event.key !== key) return;
        forget();
        listener();
      };
      listeners.add(listener);
      addEventListener("storage", changedElsewhere);
      return () => {
        listeners.delete(listener);
        removeEventListener("storage", changedElsewhere);
      };
    },
  };
}

/** `storage` is a function: with site data blocked the browser throws as soon as it is named. */
export function keptText(storage: () => Storage, key: string): KeptText {
  const attempt = <T>(act: (kept: Storage) => T): T | null => {
    try {
      return act(storage());
    } catch {
      return null;
    }
  };
  return {
    read: () => attempt((kept) => kept.getItem(key)),
    write: (text) => void attempt((kept) => kept.setItem(key, text)),
    remove: () => void attempt((kept) => kept.removeItem(key)),
  };
}
