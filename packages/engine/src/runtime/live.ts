/**
 * What a live query depends on. `entered`: which conversations there are, and whether this device
 * is in them. A `messages:` topic names the conversation it is about.
 */
export type Topic =
  | "status"
  | "conversations"
  | "entered"
  | "contacts"
  | "pairings"
  | "knowledge"
  | "storage"
  | "settings"
  | "emoji"
  | "recovery"
  | "groupQuestions"
  | "devices"
  | "history"
  | "message-copy"
  | "stars"
  | `messages:${string}`;

/**
 * Live queries: values given again when a topic they depend on changes, and only when they differ.
 */
export interface Live {
  touch(topics: ReadonlySet<Topic>): void;
  watch<T>(topics: readonly Topic[], read: () => Promise<T>, listener: (value: T) => void): () => void;
}

export function createLive(): Live {
  const watchers = new Set<{ topics: readonly Topic[]; poke(): void }>();

  function watch<T>(topics: readonly Topic[], read: () => Promise<T>, listener: (value: T) => void): () => void {
    let stopped = false;
    let running = false;
    let again = false;
    let last: string | undefined;

    async function run(): Promise<void> {
      if (running) {
        again = true;
        return;
      }
      running = true;
      do {
        again = false;
        await give();
      } while (again && !stopped);
      running = false;
    }

    async function give(): Promise<void> {
      try {
        const value = await read();
        const shape = JSON.stringify(value) ?? "";
        if (stopped || shape === last) return;
        last = shape;
        listener(value);
      } catch {
        // The database failed: `status` shows its trouble, and the next change reads again. Or the
        // listener did: the others still hear.
      }
    }

    const watcher = { topics, poke: () => void run() };
    watchers.add(watcher);
    void run();
    return () => {
      stopped = true;
      watchers.delete(watcher);
    };
  }

  return {
    watch,
    touch: (topics) => {
      for (const watcher of watchers) if (watcher.topics.some((topic) => topics.has(topic))) watcher.poke();
    },
  };
}
