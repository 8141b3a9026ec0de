import { startWorker } from "./workers.ts";
import { expect } from "vitest";
import type { HostState, PliClient } from "../src/host.ts";
import { createClient } from "../src/page/client.ts";
import type { Neighbours } from "../src/page/neighbours.ts";
import { workerEndFrom } from "../src/page/worker-end.ts";

/** A tab as the engine sees it: a client and a worker, which can end without a word. */
export interface TestTab extends PliClient {
  state(): HostState;
  /** Waits until the state says at least this. */
  reaches(state: Partial<HostState>): Promise<void>;
  close(): void;
}

export interface TestBrowser {
  name: string;
  /** Another profile of the same browser: its tabs are introduced to these. */
  beside(): TestBrowser;
  openTab(): TestTab;
  /** A tab that nobody introduces to the others. */
  openStranger(): TestTab;
  /** Opens a tab and waits for its state. */
  openTabAt(state: Partial<HostState>): Promise<TestTab>;
  dispose(): Promise<void>;
}

export function createTestBrowser(allTabs: Neighbours = neighboursInOnePage()): TestBrowser {
  const name = `test-${crypto.randomUUID()}`;
  const tabs: TestTab[] = [];
  const openTab = (): TestTab => openTabAmong(allTabs);
  const openTabAmong = (neighbours: Neighbours): TestTab => {
    const worker = startWorker("stub-worker");
    const client = createClient(workerEndFrom(worker), neighbours, { store: "http://127.0.0.1:7540", name });
    let state: HostState = { phase: "starting", lock: "none", leader: false };
    client.host.watchHost((next) => (state = next));
    const tab: TestTab = {
      ...client,
      state: () => state,
      reaches: (wanted) => expect.poll(() => state, { timeout: 15_000, interval: 10 }).toMatchObject(wanted),
      close: () => worker.terminate(),
    };
    tabs.push(tab);
    return tab;
  };
  return {
    name,
    beside: () => createTestBrowser(allTabs),
    openTab,
    openStranger: () => openTabAmong({ onPort: () => undefined }),
    async openTabAt(state) {
      const tab = openTab();
      await tab.reaches(state);
      return tab;
    },
    async dispose() {
      for (const tab of tabs.splice(0)) tab.close();
      indexedDB.deleteDatabase(name);
      await expect.poll(() => removeFolder(name), { timeout: 5000 }).toBe("gone");
    },
  };
}

/**
 * In the place of the service worker, as rash as it: of two tabs opened at once each is introduced
 * to the other.
 */
function neighboursInOnePage(): Neighbours {
  const others = new Set<(port: MessagePort) => void>();
  return {
    onPort(listener) {
      others.add(listener);
      queueMicrotask(() => {
        for (const other of others) if (other !== listener) connect(other, listener);
      });
    },
  };
}

function connect(a: (port: MessagePort) => void, b: (port: MessagePort) => void): void {
  const { port1, port2 } = new MessageChannel();
  a(port1);
  b(port2);
}

async function removeFolder(name: string): Promise<string> {
  try {
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true });
  } catch (error) {
    if ((error as DOMException).name !== "NotFoundError") return String(error);
  }
  return "gone";
}
