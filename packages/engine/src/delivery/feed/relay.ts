import type { Session } from "./session.ts";

/** A session that others hold on to, though it may have to go on at another address. */
export interface Relay extends Session {
  /**
   * What was asked of it, and is not done, is done by `next` from now on. Resolves once the session
   * before it has ended.
   */
  goOnAs(next: Session): Promise<void>;
}

export function createRelay(first: Session): Relay {
  let at = first;

  /** What a session that has ended did not do, the next one does. */
  async function carriedOn<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (;;) {
      const mine = at;
      try {
        return await work(mine);
      } catch (error) {
        if (mine === at) throw error;
      }
    }
  }

  return {
    get store() {
      return at.store;
    },
    get link() {
      return at.link;
    },
    welcome: () => at.welcome(),
    skew: () => at.skew(),
    clockOff: () => at.clockOff(),
    isReady: () => at.isReady(),
    end: () => at.end(),
    form: () => at.form(),
    catchUp: () => at.catchUp(),
    fetchObject: (...asked) => at.fetchObject(...asked),
    cellAt: (label) => carriedOn((session) => session.cellAt(label)),
    whenOnline: (work) => carriedOn((session) => session.whenOnline(work)),
    close: () => at.close(),
    goOnAs: (next) => {
      const before = at;
      at = next;
      return before.close();
    },
  };
}
