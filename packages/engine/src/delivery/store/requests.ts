import { encodeRequest, type Answer, type Request, type WireCode } from "@pli/protocol/wire";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Clock, Socket } from "../../runtime/ports.ts";

/** How long one answer may take before the connection counts as dead. */
const ANSWER_MS = 20_000;

/** One request as a caller writes it: its number is given here. */
export type Ask<T = Request> = T extends Request ? Omit<T, "id"> : never;

/** The requests of a line that are not answered yet. */
export interface Requests {
  ask(line: Socket, request: Ask): Promise<Answer>;
  /** An answer with the number of a request; one of no request changes nothing. */
  settle(answer: Answer): void;
  /** The line is gone: none of them will be answered. */
  failAll(error: ErrorCode): void;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: PliError): void;
  cancelTimer(): void;
}

/** `slow` is called when an answer takes too long. */
export function createRequests(clock: Clock, slow: () => void): Requests {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  function ask(line: Socket, request: Ask): Promise<Answer> {
    lastId = (lastId % 0xffff_fffe) + 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, cancelTimer: clock.after(ANSWER_MS, slow) });
      line.send(encodeRequest({ ...request, id }));
    });
  }

  function settle(answer: Answer): void {
    const asked = waiting.get(answer.id);
    if (asked === undefined) return;
    waiting.delete(answer.id);
    asked.cancelTimer();
    if (answer.type === "error" && !isBeyond(answer)) asked.reject(new PliError(errorFrom(answer)));
    else asked.resolve(answer);
  }

  function failAll(error: ErrorCode): void {
    for (const [id, asked] of waiting) {
      waiting.delete(id);
      asked.cancelTimer();
      asked.reject(new PliError(error));
    }
  }

  return { ask, settle, failAll };
}

/** The feed does not reach as far as was asked: no refusal, but that the store was replaced. */
export const isBeyond = (answer: Answer): boolean => answer.type === "error" && answer.code === "position_beyond";

const ERRORS: Readonly<Record<WireCode, ErrorCode>> = {
  bad_frame: "store_lying",
  unsupported_version: "store_newer",
  wrong_size: "store_lying",
  unknown_feed: "unknown_feed",
  too_many_requests: "too_many_requests",
  store_full: "store_full",
  store_busy: "store_busy",
  hello_expected: "store_lying",
  shutting_down: "store_unreachable",
  internal: "store_busy",
  position_beyond: "store_lying",
};

/** The error that people see of a store that refused; an answer that is none is a lie. */
export function errorFrom(answer: Answer): ErrorCode {
  return answer.type === "error" ? ERRORS[answer.code] : "store_lying";
}
