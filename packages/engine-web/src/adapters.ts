import type { Clock, Dialer } from "@pli/engine/ports";
import { createWebSocketDialer } from "@pli/engine/web-socket";

export function createWebClock(): Clock {
  return {
    now: () => Date.now(),
    steady: () => performance.now(),
    after(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** The Dialer port on the browser's own WebSocket. */
export const createWebDialer = (): Dialer => createWebSocketDialer((url, protocol) => new WebSocket(url, protocol));
