import { trustedScriptUrl } from "@pli/engine-web";

/**
 * Keeping the app and replacing it. The service worker keeps what was built, so that the app opens
 * off line; a newer version is fetched whole, waits, and takes over when the person agrees. All
 * tabs then show it at once.
 */
export const SERVICE_WORKER = "/service-worker.js";
const HOUR_MS = 3_600_000;
const listeners = new Set<() => void>();
let waiting: ServiceWorker | undefined;
let started = false;

/**
 * Calls `listener` when a newer version is ready to take over, until the returned function is
 * called.
 */
export function watchUpdate(listener: () => void): () => void {
  listeners.add(listener);
  if (waiting !== undefined) listener();
  if (!started) void start();
  started = true;
  return () => listeners.delete(listener);
}

/**
 * Lets the newer version take over: every tab of the app loads again. Without one it does nothing.
 */
export function applyUpdate(): void {
  waiting?.postMessage("take-over");
}

/** Served from a build only; without a service worker the app works, on line. */
async function start(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  try {
    const url = trustedScriptUrl(SERVICE_WORKER);
    const registration = await navigator.serviceWorker.register(url, { updateViaCache: "none" });
    lookAt(registration);
    registration.addEventListener("updatefound", () => lookAt(registration));
    setInterval(() => void check(registration), HOUR_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void check(registration);
    });
  } catch {
    // Refused by a setting of the browser: nothing to keep, nothing to replace.
  }
}

function lookAt(registration: ServiceWorkerRegistration): void {
  if (registration.active === null) return;
  follow(registration.waiting);
  follow(registration.installing);
}

function follow(worker: ServiceWorker | null): void {
  if (worker === null) return;
  const look = (): void => {
    if (worker.state === "installed") offer(worker);
    if (worker.state === "activated") location.reload();
  };
  worker.addEventListener("statechange", look);
  look();
}

function offer(worker: ServiceWorker): void {
  waiting = worker;
  for (const listener of listeners) listener();
}

async function check(registration: ServiceWorkerRegistration): Promise<void> {
  try {
    await registration.update();
  } catch {
    // Off line, or the store is down: the next look will do.
  }
}
