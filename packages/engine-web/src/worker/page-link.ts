import type { WorkerMessage } from "../host.ts";

/** The page's connection to a run of the engine: at most one at a time. */
export interface PageLink {
  /** The run that the page is connected to. */
  generation(): string | undefined;
  /**
   * Connects the page to a run. `serve` gives the other end of the line to the engine, and ends
   * what it began when the function that it returns is called.
   */
  connect(generation: string, serve: (port: MessagePort) => () => void): void;
  disconnect(): void;
}

export function createPageLink(toPage: (message: WorkerMessage, ports: MessagePort[]) => void): PageLink {
  let link: { generation: string; stop: () => void } | undefined;

  function disconnect(): void {
    if (link === undefined) return;
    link.stop();
    link = undefined;
    toPage({ type: "disconnect" }, []);
  }

  return {
    generation: () => link?.generation,
    connect(generation, serve) {
      disconnect();
      const { port1, port2 } = new MessageChannel();
      link = { generation, stop: serve(port1) };
      toPage({ type: "connect" }, [port2]);
    },
    disconnect,
  };
}
