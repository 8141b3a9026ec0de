/**
 * Counts down the pause after wrong passphrases: while a tab is there, by a clock that nobody sets.
 */
export interface Pause {
  /** Counts until nothing is left; does nothing more while it counts already. */
  begin(): void;
  end(): void;
}

const STEP_MS = 1000;

/**
 * `pass` is given each stretch of time, in ms, and gives what is left. `over` is called once
 * nothing is. A browser has no clock that runs while it is closed and that nobody can set, so that
 * the pause waits there too.
 */
export function createPause(pass: (ms: number) => Promise<number>, over: () => void): Pause {
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = 0;
  let isPassing = false;

  function end(): void {
    clearInterval(timer);
    timer = undefined;
  }

  async function step(): Promise<void> {
    if (isPassing) return;
    isPassing = true;
    const now = performance.now();
    const left = await pass(now - last).finally(() => (isPassing = false));
    last = now;
    if (left > 0 || timer === undefined) return;
    end();
    over();
  }

  return {
    begin() {
      if (timer !== undefined) return;
      last = performance.now();
      timer = setInterval(() => void step(), STEP_MS);
    },
    end,
  };
}
