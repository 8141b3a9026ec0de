/** A notification that is shown is changed no sooner than after this. */
const PAUSE_MS = 5_000;

/** One notification for all that comes while nobody looks: the first message shows it, the others are counted in it. */
export interface Notifier {
  /** A message came in this conversation. */
  arrived(conversation: string): void;
  /** The person looks: what came until now is not counted any more. */
  seen(): void;
  stop(): void;
}

/** `isSilent`: whether messages of this conversation are not to be told of. `show`: puts the number in the place of the last. */
export function createNotifier(p: {
  isSilent(conversation: string): Promise<boolean>;
  show(count: number): Promise<void>;
  /** Runs `work` after so many ms, unless the function that it gives is called. */
  later(ms: number, work: () => void): () => void;
}): Notifier {
  let waiting = new Map<string, number>();
  let shown = 0;
  let cancel: (() => void) | undefined;

  async function tell(): Promise<void> {
    const now = waiting;
    waiting = new Map();
    cancel = p.later(PAUSE_MS, () => {
      cancel = undefined;
      if (waiting.size > 0) void tell().catch(() => undefined);
    });
    let fresh = 0;
    for (const [conversation, count] of now) if (!(await p.isSilent(conversation))) fresh += count;
    shown += fresh;
    if (fresh > 0) await p.show(shown);
  }

  return {
    arrived: (conversation) => {
      waiting.set(conversation, (waiting.get(conversation) ?? 0) + 1);
      if (cancel === undefined) void tell().catch(() => undefined);
    },
    seen: () => {
      waiting.clear();
      shown = 0;
    },
    stop: () => cancel?.(),
  };
}
