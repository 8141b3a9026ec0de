import { expect } from "vitest";
import type { HostState, PliClient } from "../src/host.ts";
import { createClient } from "../src/page/client.ts";
import { workerEndFrom } from "../src/page/worker-end.ts";

/** A tab as far as the engine can tell: a client and a worker, which can end without a word. */
export interface TestTab extends PliClient {
  state(): HostState;
  /** Waits until the state says at least this. */
  reaches(state: Partial<HostState>): Promise<void>;
  close(): void;
}

export interface TestBrowser {
  name: string;
  openTab(): TestTab;
  /** Opens a tab and waits for its state. */
  openTabAt(state: Partial<HostState>): Promise<TestTab>;
  dispose(): Promise<void>;
}

export function createTestBrowser(): TestBrowser {
  const name = `test-${crypto.randomUUID()}`;
  const tabs: TestTab[] = [];
  const openTab = (): TestTab => {
    const worker = new Worker(new URL("./stub-worker.ts", import.meta.url), { type: "module" });
    const client = createClient(workerEndFrom(worker), { store: "http://127.0.0.1:7540", name });
    let state: HostState = { phase: "starting", lock: "none", leader: false };
    client.host.watchHost((next) => (state = next));
    const tab: TestTab = {
      ...client,
      state: () => state,
      reaches: (wanted) => expect.poll(() => state, { timeout: 10_000, interval: 10 }).toMatchObject(wanted),
      close: () => worker.terminate(),
    };
    tabs.push(tab);
    return tab;
  };
  return {
    name,
    openTab,
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

async function removeFolder(name: string): Promise<string> {
  try {
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true });
  } catch (error) {
    if ((error as DOMException).name !== "NotFoundError") return String(error);
  }
  return "gone";
}
