import type { Clock, Dialer } from "@pli/engine/ports";

/** The Clock port of this machine. */
export const clock: Clock = {
  now: () => Date.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** The Dialer port on Node's own WebSocket. An address it refuses is a socket that closes without opening. */
export const dialer: Dialer = {
  dial: (url, protocol, events) => {
    const socket = open(url, protocol);
    let over = false;
    const closed = (): void => {
      if (!over) events.closed();
      over = true;
    };
    if (socket === undefined) {
      queueMicrotask(closed);
      return { send: () => undefined, close: () => undefined };
    }
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => events.opened());
    socket.addEventListener("message", ({ data }) => {
      if (over) return;
      if (data instanceof ArrayBuffer) events.received(new Uint8Array(data));
      else socket.close();
    });
    socket.addEventListener("error", closed);
    socket.addEventListener("close", closed);
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(frame));
      },
      close: () => socket.close(),
    };
  },
};

function open(url: string, protocol: string): WebSocket | undefined {
  try {
    return new WebSocket(url, protocol);
  } catch {
    return undefined;
  }
}
