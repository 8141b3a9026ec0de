import type { Dialer } from "@pli/engine/ports";

/** Dials with the WebSocket of Node itself; used for one hello, so it need not be fast. */
export const dialer: Dialer = {
  dial: (url, protocol, events) => {
    const socket = new WebSocket(url, protocol);
    let over = false;
    const close = () => {
      if (!over) events.closed();
      over = true;
    };
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => events.opened());
    socket.addEventListener("message", ({ data }) => over || events.received(bytesFrom(data)));
    socket.addEventListener("error", close);
    socket.addEventListener("close", close);
    return {
      send: (frame) => socket.readyState === WebSocket.OPEN && socket.send(Uint8Array.from(frame)),
      close: () => {
        over = true;
        socket.close();
      },
    };
  },
};

/** A text frame is no answer of a store: as no bytes it is refused like any other nonsense. */
const bytesFrom = (data: unknown): Uint8Array => new Uint8Array(data instanceof ArrayBuffer ? data : []);
