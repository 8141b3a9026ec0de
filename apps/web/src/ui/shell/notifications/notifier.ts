/** A notification that is shown is changed no sooner than after this. */
const PAUSE_MS = 5_000;
/** The longest silence about one source that keeps writing while nobody looks. */
const MAX_PAUSE_MS = 300_000;

/**
 * One notification for all that comes while nobody looks: it counts, and goes when nothing of it
 * waits any more.
 */
export interface Notifier {
  /** Something new came from this source: a conversation, say. */
  arrived(source: string): void;
  /** Something was read, or came into sight. */
  look(): void;
  stop(): void;
}

export interface Said {
  count: number;
  sources: readonly string[];
  /** Whether it calls: the same notification again does so too. */
  aloud: boolean;
}

/** What came from one source since somebody looked. */
interface Source {
  fresh: number;
  said: number;
  /** It has just called: what comes is counted, and calls when this is over. */
  isQuiet: boolean;
  pauseMs: number;
  stop(): void;
}

interface NotifierDeps {
  /** How much of this source waits and is not in sight; 0 for what is not to be shown. */
  waiting(source: string): Promise<number>;
  /** Puts this in the place of the last. */
  show(said: Said): Promise<void>;
  close(): Promise<void>;
  /** Runs `work` after `ms`, unless the returned function is called before. */
  later(ms: number, work: () => void): () => void;
}

/**
 * A source that keeps writing calls ever more rarely: each pause is twice as long as the one
 * before, until somebody looks. No source makes another one wait longer than the first pause.
 */
export function createNotifier({ waiting: waitingOf, show, close, later }: NotifierDeps): Notifier {
  const sources = new Map<string, Source>();
  let shown = 0;
  let cancel: (() => void) | undefined;
  let last: Promise<void> = Promise.resolve();
  let isStopped = false;

  function update(isCall: boolean): void {
    last = last.then(() => (isStopped ? undefined : refresh(isCall))).catch(() => undefined);
  }

  /** Counts what is new in a call only; what was read leaves at once. */
  async function refresh(isCall: boolean): Promise<void> {
    const calling: Source[] = [];
    for (const [name, source] of sources) {
      const { fresh } = source;
      const waiting = await waitingOf(name);
      const isNew = isCall && fresh > 0 && waiting > 0;
      if (isNew && !source.isQuiet) calling.push(source);
      source.said = Math.min(waiting, source.said + (isNew ? fresh : 0));
      if (isNew || waiting === 0) source.fresh -= fresh;
      if (waiting === 0 && source.fresh === 0) forget(name);
    }
    const counted = [...sources].filter(([, { said }]) => said > 0);
    const count = counted.reduce((sum, [, { said }]) => sum + said, 0);
    const aloud = calling.length > 0;
    if (count === shown && !aloud) return;
    shown = count;
    calling.forEach(hush);
    await (count === 0 ? close() : show({ count, sources: counted.map(([name]) => name), aloud }));
  }

  function forget(name: string): void {
    sources.get(name)?.stop();
    sources.delete(name);
  }

  function hush(source: Source): void {
    source.isQuiet = true;
    source.stop = later(source.pauseMs, () => {
      source.isQuiet = false;
      if (source.fresh > 0) call();
    });
    source.pauseMs = Math.min(source.pauseMs * 2, MAX_PAUSE_MS);
  }

  function call(): void {
    if (cancel !== undefined) return;
    cancel = later(PAUSE_MS, () => {
      cancel = undefined;
      if ([...sources.values()].some(({ fresh, isQuiet }) => fresh > 0 && !isQuiet)) call();
    });
    update(true);
  }

  return {
    arrived(name) {
      const source = sources.get(name) ?? {
        fresh: 0,
        said: 0,
        isQuiet: false,
        pauseMs: PAUSE_MS,
        stop: () => undefined,
      };
      source.fresh += 1;
      sources.set(name, source);
      if (!source.isQuiet) call();
    },
    look() {
      if (sources.size > 0) update(false);
    },
    stop() {
      isStopped = true;
      cancel?.();
      for (const { stop } of sources.values()) stop();
    },
  };
}
