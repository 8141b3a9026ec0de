import type { Clock, Dialer } from "@pli/engine/ports";

export function createWebClock(): Clock {
  return {
    now: () => Date.now(),
    after(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Dials with the platform's WebSocket; an address it refuses is a socket that closes without opening. */
export function createWebDialer(): Dialer {
  return {
    dial(url, protocol, events) {
      const socket = open(url, protocol);
      if (socket === undefined) {
        queueMicrotask(() => events.closed());
        return { send: () => undefined, close: () => undefined };
      }
      socket.binaryType = "arraybuffer";
      let over = false;
      socket.addEventListener("open", () => events.opened());
      socket.addEventListener("message", ({ data }) => {
        if (over) return;
        if (data instanceof ArrayBuffer) events.received(new Uint8Array(data));
        else socket.close();
      });
      const close = (): void => {
        if (!over) events.closed();
        over = true;
      };
      socket.addEventListener("close", close);
      return {
        send(frame) {
          if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
        },
        close: () => socket.close(),
      };
    },
  };
}

function open(url: string, protocol: string): WebSocket | undefined {
  try {
    return new WebSocket(url, protocol);
  } catch {
    return undefined;
  }
}
