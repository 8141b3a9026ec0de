import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { randomId } from "./bus.ts";
import type { LeaderRequest } from "./bus.ts";

/** The requests of this tab that no leader has answered. A new leader gets them again. */
export interface LeaderRequests {
  /** Resolves or rejects with the leader's answer. */
  send(request: LeaderRequest): Promise<void>;
  onLeader(leader: string): void;
  onAnswer(id: string, error: ErrorCode | undefined): void;
}

interface Pending {
  request: LeaderRequest;
  resolve(): void;
  reject(error: PliError): void;
}

export function createLeaderRequests(
  post: (leader: string, id: string, request: LeaderRequest) => void,
): LeaderRequests {
  const pending = new Map<string, Pending>();
  let leader: string | undefined;

  return {
    send(request) {
      const id = randomId();
      return new Promise((resolve, reject) => {
        pending.set(id, { request, resolve, reject });
        if (leader !== undefined) post(leader, id, request);
      });
    },
    onLeader(next) {
      if (next === leader) return;
      leader = next;
      for (const [id, { request }] of pending) post(next, id, request);
    },
    onAnswer(id, error) {
      const { resolve, reject } = pending.get(id) ?? {};
      pending.delete(id);
      if (error === undefined) resolve?.();
      else reject?.(new PliError(error));
    },
  };
}
