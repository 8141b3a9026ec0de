/** Locks of the platform that a tab holds for as long as it lives. */

/** A lock each tab holds while it lives: another tab that gets it knows that this one is gone. */
export function lifeName(name: string, tab: string): string {
  return `${name}:life:${tab}`;
}

/** The lock of the one tab that runs the engine on a set of data. */
export const leaderName = (name: string): string => `${name}:leader`;

/** Takes a lock and keeps it until this worker ends, however it ends. */
export function holdForLife(lock: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lock, () => {
        resolve();
        return forever();
      })
      .catch(reject);
  });
}

export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
