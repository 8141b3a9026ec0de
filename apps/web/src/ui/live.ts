import type { PliApi, Queries, QueryName } from "@pli/engine/api";

/** What is known of a live query: `ready` is false until its first value. */
export interface LiveState<T> {
  ready: boolean;
  value: T | undefined;
}

/** One live query, shared by all components that show it. */
export interface LiveEntry<T> {
  read(): LiveState<T>;
  /**
   * Reads a part of the value: the same object as before while the part is equal as JSON. One
   * `select` function has one part, which all its readers share.
   */
  readPart<P>(select: (value: T) => P): () => LiveState<P>;
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

const UNKNOWN: LiveState<never> = { ready: false, value: undefined };

/** Selects once for each value, however many components read it. */
function createPart<T, P>(read: () => LiveState<T>, select: (value: T) => P): () => LiveState<P> {
  let from: LiveState<T> = UNKNOWN;
  let part: LiveState<P> = UNKNOWN;
  let text = JSON.stringify(part);
  return () => {
    const now = read();
    if (now === from) return part;
    from = now;
    const next: LiveState<P> = now.ready ? { ready: true, value: select(now.value as T) } : UNKNOWN;
    const nextText = JSON.stringify(next);
    if (nextText !== text) [part, text] = [next, nextText];
    return part;
  };
}

function createEntry<T>(watch: (listener: (value: T) => void) => () => void, forget: () => void): LiveEntry<T> {
  const listeners = new Set<() => void>();
  let parts = new WeakMap<(value: T) => unknown, () => LiveState<unknown>>();
  let state: LiveState<T> = UNKNOWN;
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (next: LiveState<T>) => {
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
    parts = new WeakMap();
    show(UNKNOWN);
  };
  const release = () => {
    end();
    forget();
  };
  return {
    read: () => state,
    readPart<P>(select: (value: T) => P) {
      const known = parts.get(select) as (() => LiveState<P>) | undefined;
      const read = known ?? createPart(() => state, select);
      parts.set(select, read);
      return read;
    },
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
