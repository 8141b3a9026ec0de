import { PauseError } from "@pli/engine/errors";
import { counted, NO_TRIES, parseTries, waited, type Tries } from "@pli/engine/lock";
import type { KeyRecord } from "./key-record.ts";

/** The tries of this device's passphrase, kept beside its key: one count for all tabs. */
export interface TriesRecord {
  /** What is left of the pause, in ms. */
  waitMs(): Promise<number>;
  /** Counts a try before it is made. Rejects with `PauseError` while there is a pause. */
  take(): Promise<void>;
  /** Takes this many ms off the pause, and gives what is left. */
  pass(ms: number): Promise<number>;
  /** After the right passphrase. */
  clear(): Promise<void>;
}

/**
 * Where the browser has no room to write, the count lives as long as this tab: a full disk keeps
 * nobody out.
 */
export function createTriesRecord(record: KeyRecord): TriesRecord {
  let unwritten: Tries | undefined;

  /** In one transaction, so that two tabs cannot both have the last free try. */
  async function change(next: (tries: Tries) => Tries): Promise<void> {
    const tries = unwritten;
    try {
      await record.update((value) => next(tries ?? parseTries(value)));
      unwritten = undefined;
    } catch {
      unwritten = next(tries ?? parseTries(await record.read().catch(() => undefined)));
    }
  }

  const read = async (): Promise<Tries> => unwritten ?? parseTries(await record.read());

  return {
    waitMs: async () => (await read()).waitMs,
    async take() {
      let pause = 0;
      await change((tries) => {
        pause = tries.waitMs;
        return pause > 0 ? tries : counted(tries);
      });
      if (pause > 0) throw new PauseError(pause);
    },
    async pass(ms) {
      await change((tries) => waited(tries, ms));
      return (await read()).waitMs;
    },
    clear: () => change(() => NO_TRIES),
  };
}
