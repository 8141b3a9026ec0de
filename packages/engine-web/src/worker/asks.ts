import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { randomId } from "./bus.ts";
import type { Ask } from "./bus.ts";

/** What this tab asked of the leader and has no answer to yet. A new leader is asked again. */
export interface Asks {
  ask(ask: Ask): Promise<void>;
  leaderIs(leader: string): void;
  answered(id: string, error: ErrorCode | undefined): void;
}

interface Pending {
  ask: Ask;
  resolve(): void;
  reject(error: PliError): void;
}

export function createAsks(send: (leader: string, id: string, ask: Ask) => void): Asks {
  const pending = new Map<string, Pending>();
  let leader: string | undefined;

  return {
    ask(ask) {
      const id = randomId();
      return new Promise((resolve, reject) => {
        pending.set(id, { ask, resolve, reject });
        if (leader !== undefined) send(leader, id, ask);
      });
    },
    leaderIs(next) {
      if (next === leader) return;
      leader = next;
      for (const [id, { ask }] of pending) send(next, id, ask);
    },
    answered(id, error) {
      const { resolve, reject } = pending.get(id) ?? {};
      pending.delete(id);
      if (error === undefined) resolve?.();
      else reject?.(new PliError(error));
    },
  };
}
