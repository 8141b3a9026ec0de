/**
 * Whether a stream is worth asking. After a failure one request at a time may try, and not before a
 * pause that grows from half a second to four; the others are refused at once, so that nobody waits
 * for a stream that has no majority, nor for another because of it.
 */
export interface Gate {
  /** Whether a request may go now. Whoever is let in says how it went. */
  enter(): boolean;
  passed(): void;
  failed(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

export const createGate = (steady: () => number): Gate => {
  let pause = 0;
  let until = 0;
  let trying = false;
  return {
    enter: () => {
      if (pause === 0) return true;
      if (trying || steady() < until) return false;
      trying = true;
      return true;
    },
    passed: () => {
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
