import type { Channel } from "@pli/engine/rpc";

/** A message port as a channel of the engine's RPC. Closing tells the owner of this end only. */
export function channelFromPort(port: MessagePort): Channel {
  return channelFrom(port, () => port.start());
}

/** One end of a line between two tabs; both ends, and nobody else, open it by the same name. */
export function channelFromBroadcast(name: string): Channel {
  return channelFrom(new BroadcastChannel(name), () => undefined);
}

/** Passes on what either end says, until one of them closes. */
export function bridge(a: Channel, b: Channel): () => void {
  a.onMessage((message) => b.send(message));
  b.onMessage((message) => a.send(message));
  a.onClose(() => b.close());
  b.onClose(() => a.close());
  return () => a.close();
}

function channelFrom(line: MessagePort | BroadcastChannel, start: () => void): Channel {
  const closings = new Set<() => void>();
  let open = true;
  return {
    send(message) {
      if (open) line.postMessage(message);
    },
    onMessage(listener) {
      line.addEventListener("message", (event) => {
        if (open) listener((event as MessageEvent<unknown>).data);
      });
      start();
    },
    onClose(listener) {
      closings.add(listener);
    },
    close() {
      if (!open) return;
      open = false;
      line.close();
      for (const closing of closings) closing();
    },
  };
}
