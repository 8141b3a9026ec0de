import type { Dialer } from "../../runtime/ports.ts";

/** What every platform's WebSocket has, as far as a dialer needs it. */
interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  send(frame: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const OPEN = 1;

/**
 * The Dialer port on a platform's own WebSocket. An address it refuses is a socket that closes
 * without opening; a text frame, which no store sends, closes it.
 */
export function createWebSocketDialer(open: (url: string, protocol: string) => WebSocketLike): Dialer {
  return {
    dial: (url, protocol, events) => {
      const socket = opened(open, url, protocol);
      let over = false;
      const closed = (): void => {
        if (!over) events.closed();
        over = true;
      };
      if (socket === undefined) {
        void Promise.resolve().then(closed);
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
          if (socket.readyState === OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
        },
        close: () => socket.close(),
      };
    },
  };
}

function opened(
  open: (url: string, protocol: string) => WebSocketLike,
  url: string,
  protocol: string,
): WebSocketLike | undefined {
  try {
    return open(url, protocol);
  } catch {
    return undefined;
  }
}
