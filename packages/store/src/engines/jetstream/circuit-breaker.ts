/**
 * Keeps requests from a stream that does not answer. After a failure, one request at a time may
 * try, after a pause that grows from half a second to four. The others are refused at once, so that
 * nobody waits for a stream without a majority, or for another stream because of it.
 */
export interface CircuitBreaker {
  /** Whether a request may go now. A request that may go must report its outcome. */
  allow(): boolean;
  succeeded(): void;
  failed(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

export const createCircuitBreaker = (steady: () => number): CircuitBreaker => {
  let pause = 0;
  let until = 0;
  let trying = false;
  return {
    allow: () => {
      if (pause === 0) return true;
      if (trying || steady() < until) return false;
      trying = true;
      return true;
    },
    succeeded: () => {
      pause = 0;
      trying = false;
    },
    failed: () => {
      if (pause > 0 && !trying) return;
      pause = Math.min(LONGEST_PAUSE_MS, pause === 0 ? FIRST_PAUSE_MS : pause * 2);
      until = steady() + pause;
      trying = false;
    },
  };
};
