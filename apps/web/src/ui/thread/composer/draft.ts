/** Where a composer keeps what is typed, and sends it from. */
export interface DraftKeeper {
  /**
   * Keeps it on this device and gives the draft that is kept then; `was` is the one this composer
   * knew.
   */
  save(text: string, was: string): Promise<string>;
  /** The draft that is kept now. */
  read(): Promise<string>;
  /**
   * Resolves when the message is safe on this device and `draft`, which it was written as, is gone.
   */
  send(text: string, draft: string): Promise<void>;
}

/** The text in the field of a composer, in step with the draft that all windows share. */
export interface Draft {
  typed(text: string): void;
  /** Empties the field; what could not be sent comes back, before what was typed since. */
  send(): void;
  /** Keeps what was typed now. Whether something is on its way to the device. */
  flush(): boolean;
  /** This is the shared draft, or was a moment ago. It is shown if nothing is being typed here. */
  onShared(draft: string): void;
}

/**
 * Between two drafts that are kept: however a page ends, it loses no more of what was typed than
 * this.
 */
const PAUSE_MS = 150;
/** After one that could not be kept. */
const FAILED_PAUSE_MS = 10_000;

/**
 * One text is shared by all windows. The window that is typed in keeps its own text. What another
 * window kept meanwhile is put before it, never lost. A window in which nothing is typed shows what
 * the others keep.
 */
export function createDraft(initial: string, keeper: DraftKeeper, show: (text: string) => void): Draft {
  let text = initial;
  /** What the device was last asked to keep, or gave. */
  let kept = initial;
  let calls = 0;
  let turn = 0;
  let isOld = false;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const isAtRest = (): boolean => calls === 0 && text === kept;

  function change(next: string): void {
    text = next;
    show(next);
  }

  function keepSoon(): void {
    if (pause === undefined && calls === 0) keep();
  }

  function keep(): void {
    if (text === kept) return;
    const [asked, was] = [text, kept];
    kept = asked;
    call(keeper.save(asked, was), {
      done: (now) => merge(asked, now),
      failed: () => {
        if (kept === asked) kept = was;
      },
    });
  }

  /** Puts what another window had kept before what was typed here. */
  function merge(asked: string, now: string): void {
    if (now === asked || kept !== asked) return;
    kept = now;
    change(now.slice(0, Math.max(0, now.length - asked.length)) + text);
  }

  function call<T>(asked: Promise<T>, then: { done(value: T): void; failed(): void }): void {
    calls += 1;
    turn += 1;
    const ended = (pauseMs: number): void => {
      calls -= 1;
      rest(pauseMs);
    };
    void asked
      .then((value) => {
        then.done(value);
        return PAUSE_MS;
      })
      .catch(() => {
        then.failed();
        return FAILED_PAUSE_MS;
      })
      .then(ended);
  }

  function rest(pauseMs: number): void {
    clearTimeout(pause);
    pause = setTimeout(() => {
      pause = undefined;
      keepSoon();
    }, pauseMs);
    if (isOld && isAtRest()) void look();
  }

  /**
   * A shared draft may be an echo of what was kept here before: the device decides.
   */
  async function look(): Promise<void> {
    isOld = false;
    const before = turn;
    const now = await keeper.read().catch(() => kept);
    if (turn !== before || !isAtRest()) {
      isOld = true;
      if (isAtRest()) await look();
    } else if (now !== kept) {
      kept = now;
      change(now);
    }
  }

  function send(): void {
    const [written, was] = [text, kept];
    change("");
    kept = "";
    call(keeper.send(written.trimEnd(), was), {
      done: () => undefined,
      failed: () => {
        kept = was;
        change(text === "" ? written : `${written}\n${text}`);
        keep();
      },
    });
  }

  return {
    typed(next) {
      text = next;
      keepSoon();
    },
    send,
    flush() {
      keep();
      return calls > 0;
    },
    onShared(draft) {
      if (draft === kept) return;
      if (isAtRest()) void look();
      else isOld = true;
    },
  };
}
