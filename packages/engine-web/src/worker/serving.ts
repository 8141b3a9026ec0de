import type { PliApi } from "@pli/engine/api";
import { serveApi } from "@pli/engine/rpc";
import { channelFromPort } from "../channels.ts";

/** Speaks for the leader's engine to the tabs that joined it. */
export interface Serving {
  serve(api: PliApi, tab: string, port: MessagePort): void;
  forget(tab: string): void;
  stop(): void;
}

export function createServing(): Serving {
  const served = new Map<string, () => void>();

  function forget(tab: string): void {
    served.get(tab)?.();
    served.delete(tab);
  }

  return {
    serve(api, tab, port) {
      forget(tab);
      const channel = channelFromPort(port);
      serveApi(api, channel);
      served.set(tab, () => channel.close());
    },
    forget,
    stop() {
      for (const tab of served.keys()) forget(tab);
    },
  };
}
