import { PliError } from "@pli/engine/errors";
import type { HostCall, PageMessage, WorkerMessage } from "../host.ts";
import { codeOf } from "./leader.ts";
import type { Device } from "./leader.ts";
import { startTab } from "./tab.ts";
import type { Tab } from "./tab.ts";

/** The global scope of a dedicated worker, as far as we use it. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<PageMessage>) => void): void;
  postMessage(message: WorkerMessage, transfer: MessagePort[]): void;
}

interface StartOptions {
  store: string;
  name: string;
  profiles?: readonly string[];
}

/**
 * Makes this worker the one of a tab; `createDevice` gives what an engine needs of this browser.
 */
export function runTabWorker(createDevice: (options: StartOptions) => Promise<Device>): void {
  const scope = globalThis as unknown as WorkerScope;
  const toPage = (message: WorkerMessage, ports: MessagePort[] = []): void => scope.postMessage(message, ports);
  let tab: Promise<Tab> | undefined;

  async function start(options: StartOptions): Promise<Tab> {
    try {
      if (!isSupported()) throw new PliError("browser_unsupported");
      return await startTab({ name: options.name, device: await createDevice(options), toPage });
    } catch (error) {
      toPage({ type: "state", state: { phase: "failed", lock: "none", leader: false, error: codeOf(error) } });
      throw error;
    }
  }

  async function call(id: number, call: HostCall): Promise<void> {
    try {
      await (await tab)?.call(call);
      toPage({ type: "done", id });
    } catch (error) {
      toPage({ type: "done", id, error: codeOf(error) });
    }
  }

  /** Does nothing in a tab that could not start: its page has the error. */
  const withTab = (use: (started: Tab) => void): void => void tab?.then(use, () => undefined);

  scope.addEventListener("message", ({ data, ports: [port] }) => {
    switch (data.type) {
      case "call":
        return void call(data.id, data.call);
      case "start":
        tab ??= start(data);
        return withTab(() => undefined);
      case "meet":
        return withTab((started) => port !== undefined && started.meet(port));
      case "touched":
        return withTab((started) => started.touched(data.at));
      case "sight":
        return withTab((started) => started.sees(data.places));
    }
  });
}

/** Private files with synchronous access, locks between tabs, and a place for the key. */
function isSupported(): boolean {
  return (
    "FileSystemFileHandle" in globalThis &&
    "createSyncAccessHandle" in FileSystemFileHandle.prototype &&
    "locks" in navigator &&
    "indexedDB" in globalThis
  );
}
