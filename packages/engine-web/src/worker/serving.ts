import type { PliApi } from "@pli/engine/api";
import { serveApi } from "@pli/engine/rpc";
import { channelFromBroadcast } from "../channels.ts";

/** Speaks for the leader's engine to the tabs that joined it. */
export interface Serving {
  /** From the return of this call on, what `tab` says on its line is heard. A tab that dies is forgotten. */
  serve(api: PliApi, generation: string, tab: string): void;
  stop(): void;
}

/** The line between the leader's engine and one tab: its name is known to these two. */
export function lineName(name: string, generation: string, tab: string): string {
  return `${name}:line:${generation}:${tab}`;
}

/** A lock each tab holds while it lives: whoever gets it knows that the tab is gone. */
export function lifeName(name: string, tab: string): string {
  return `${name}:life:${tab}`;
}

export function createServing(name: string): Serving {
  const served = new Map<string, () => void>();

  function forget(tab: string): void {
    served.get(tab)?.();
    served.delete(tab);
  }

  return {
    serve(api, generation, tab) {
      forget(tab);
      const channel = channelFromBroadcast(lineName(name, generation, tab));
      const stop = serveApi(api, channel);
      const watch = new AbortController();
      served.set(tab, () => {
        watch.abort();
        stop();
        channel.close();
      });
      navigator.locks.request(lifeName(name, tab), { signal: watch.signal }, () => forget(tab)).catch(() => undefined);
    },
    stop() {
      for (const tab of served.keys()) forget(tab);
    },
  };
}
