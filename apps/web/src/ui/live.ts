import type { PliApi, Queries, QueryName } from "@pli/engine/api";

/**
 * One live query, shared by all components that show it. `ready` is false until its first value.
 */
export interface LiveEntry<T> {
  read(): { ready: boolean; value: T | undefined };
  subscribe(listener: () => void): () => void;
  /** Forgets the value at once, and asks for no other. */
  end(): void;
}

export interface Live {
  entry<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): LiveEntry<Queries[N]["result"]>;
  /** Forgets every value at once: on lock, nothing may stay in memory. */
  clear(): void;
}

/** How long a value outlives its last reader, so that going back to a screen shows it at once. */
const KEEP_MS = 10_000;

function createEntry<T>(watch: (listener: (value: T) => void) => () => void, forget: () => void): LiveEntry<T> {
  const listeners = new Set<() => void>();
  const unknown: { ready: boolean; value: T | undefined } = { ready: false, value: undefined };
  let state = unknown;
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (next: typeof state) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const start = () => {
    stop = watch((value) => show({ ready: true, value }));
  };
  const end = () => {
    clearTimeout(timer);
    stop?.();
    stop = undefined;
    show(unknown);
  };
  const release = () => {
    end();
    forget();
  };
  return {
    read: () => state,
    subscribe(listener) {
      clearTimeout(timer);
      listeners.add(listener);
      if (stop === undefined) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && stop !== undefined) timer = setTimeout(release, KEEP_MS);
      };
    },
    end,
  };
}

export function createLive(api: PliApi): Live {
  const entries = new Map<string, LiveEntry<never>>();
  return {
    entry(name, parameters) {
      const key = `${name} ${JSON.stringify(parameters)}`;
      const found = entries.get(key);
      if (found !== undefined) return found;
      const made = createEntry<Queries[typeof name]["result"]>(
        (listener) => api.watch(name, parameters, listener),
        () => entries.delete(key),
      );
      entries.set(key, made as LiveEntry<never>);
      return made;
    },
    clear() {
      for (const entry of entries.values()) entry.end();
      entries.clear();
    },
  };
}
