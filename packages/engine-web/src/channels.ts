import type { Channel } from "@pli/engine/rpc";

/** A message port as a channel of the engine's RPC. Closing notifies the owner of this end only. */
export function channelFromPort(port: MessagePort): Channel {
  const closings = new Set<() => void>();
  let open = true;
  return {
    send(message) {
      if (open) port.postMessage(message);
    },
    onMessage(listener) {
      port.addEventListener("message", (event) => {
        if (open) listener((event as MessageEvent<unknown>).data);
      });
      port.start();
    },
    onClose(listener) {
      closings.add(listener);
    },
    close() {
      if (!open) return;
      open = false;
      port.close();
      for (const closing of closings) closing();
    },
  };
}
