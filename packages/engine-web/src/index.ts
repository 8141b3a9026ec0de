/**
 * The page's side of Pli in a browser: small; the engine, its cryptography and its database live in
 * a worker.
 */
// oxlint-disable-next-line import/default -- the bundler gives the address of the built worker
import workerUrl from "./worker/pli-worker.ts?worker&url";
import type { PliClient } from "./host.ts";
import { createClient } from "./page/client.ts";
import { neighboursBy } from "./page/neighbours.ts";
import { trustedScriptUrl } from "./page/trusted.ts";
import { isRefusal } from "./refusal.ts";
import { failedWorkerEnd, workerEndFrom } from "./page/worker-end.ts";
import type { WorkerEnd } from "./page/worker-end.ts";

export type { HostApi, HostState, PliClient } from "./host.ts";
export { onOpening } from "./page/neighbours.ts";
export { trustedScriptUrl } from "./page/trusted.ts";

/**
 * Connects this tab to the one engine of this profile in this browser, which follows `store`, an
 * http(s) origin. `profile` names one set of data; without it, the first one. `profiles` names all
 * that there are: what an interrupted erasure left of others is removed.
 * The service worker at the path `serviceWorker`, which somebody else registers, introduces the
 * tabs to each other (`introduce`). Never throws: what this browser lacks is `browser_unsupported`
 * in the host's state, what it refuses `storage_blocked`. Asks the browser to keep the data for
 * good.
 */
export function connectPli(p: {
  store: string;
  serviceWorker: string;
  profile?: string;
  profiles?: readonly string[];
}): PliClient {
  const { store, serviceWorker, profile, profiles } = p;
  const name = profile === undefined ? "pli" : `pli-${profile}`;
  const client = createClient(spawn(), neighboursBy(serviceWorker), { store, name, ...(profiles && { profiles }) });
  keepWhenOpen(client);
  return client;
}

/** Outside a secure context there are no private files, no locks and no WebCrypto. */
function spawn(): WorkerEnd {
  if (!isSecureContext || !("locks" in navigator)) return failedWorkerEnd("browser_unsupported");
  try {
    return workerEndFrom(new Worker(trustedScriptUrl(workerUrl), { type: "module", name: "pli" }));
  } catch (error) {
    return failedWorkerEnd(isRefusal(error) ? "storage_blocked" : "internal");
  }
}

function keepWhenOpen({ host }: PliClient): void {
  const stop = host.watchHost(({ phase }) => {
    if (phase !== "open") return;
    queueMicrotask(() => stop());
    navigator.storage.persist().catch(() => undefined);
  });
}
