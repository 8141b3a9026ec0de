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
