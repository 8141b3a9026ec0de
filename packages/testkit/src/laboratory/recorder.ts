import type { Socket } from "@pli/engine/ports";
import { labelKey } from "@pli/protocol/wire";
import type { MemoryStore } from "../memory-store.ts";
import { createRecording, type View } from "./view.ts";

/** A MemoryStore as its operator sees it. */
export interface Recorder {
  /** The store as somebody at this address reaches it. */
  as(who: string): MemoryStore;
  /** Ends the lines of this address, as a network does. */
  cut(who: string): void;
  view(): View;
}

export function recordStore(store: MemoryStore): Recorder {
  const recording = createRecording({
    now: () => store.clock.now(),
    has: (kind, label) => (kind === "cell" ? store.table.cells : store.table.blocks).has(label),
  });
  const open = new Map<string, Set<Socket>>();

  function as(who: string): MemoryStore {
    const sockets = new Set<Socket>();
    open.set(who, sockets);
    const seen = Object.create(store) as MemoryStore;
    seen.dial = (url, protocol, events) => {
      const line = recording.dialled(who);
      const socket = store.dial(url, protocol, {
        opened: () => events.opened(),
        received: (frame) => {
          line.told(frame);
          events.received(frame);
        },
        closed: () => {
          sockets.delete(socket);
          line.closed();
          events.closed();
        },
      });
      sockets.add(socket);
      const send = (frame: Uint8Array): void => {
        line.sent(frame);
        socket.send(frame);
      };
      return { send, close: () => socket.close() };
    };
    return seen;
  }

  return {
    as,
    cut: (who) => open.get(who)?.forEach((socket) => socket.close()),
    view: () => ({
      form: store.knobs.form,
      events: recording.events,
      feed: store.entries().map(({ label }) => labelKey(label)),
    }),
  };
}
