/** A session that others hold on to, though its store may move to another address. */
import type { Session } from "./session.ts";

export interface MovableSession extends Session {
  /**
   * What was asked of it, and is not done, is done by `next` from now on. Resolves once the session
   * before it has ended.
   */
  continueAs(next: Session): Promise<void>;
}

export function createMovableSession(first: Session): MovableSession {
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
    put: (put) => at.put(put),
    get: {
      cell: (label) => carriedOn(({ get }) => get.cell(label)),
      object: (place, how) => carriedOn(({ get }) => get.object(place, how)),
    },
    follow: (follower) => at.follow(follower),
    reach: () => at.reach(),
    retentionDays: () => at.retentionDays(),
    skew: () => at.skew(),
    clockOff: () => at.clockOff(),
    isReady: () => at.isReady(),
    end: () => at.end(),
    form: () => at.form(),
    catchUp: () => at.catchUp(),
    reconnect: () => at.reconnect(),
    hurry: () => at.hurry(),
    close: () => at.close(),
    continueAs: (next) => {
      const before = at;
      at = next;
      return before.close();
    },
  };
}
