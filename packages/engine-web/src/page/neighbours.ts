import type { Introduction, Opening } from "../introduce.ts";

const INTRODUCE: Introduction = "pli:introduce";

/** Where the lines to the other tabs of the app come from. */
export interface Neighbours {
  /** Calls `listener` with one end of a line to each of the others, now and when more come. */
  onPort(listener: (port: MessagePort) => void): void;
}

/**
 * Asks the service worker at this path of the origin, once it is there. Messages of any other
 * service worker are ignored. In a browser without one, a tab finds no other.
 */
export function neighboursBy(path: string): Neighbours {
  const script = new URL(path, location.origin).href;
  return {
    onPort(listener) {
      const serviceWorker = ownServiceWorker();
      if (serviceWorker === undefined) return;
      serviceWorker.addEventListener("message", ({ data, source, ports: [port] }) => {
        if (data === INTRODUCE && isAt(source, script) && port !== undefined) listener(port);
      });
      serviceWorker.startMessages();
      askIn(serviceWorker, script).catch(() => undefined);
    },
  };
}

/**
 * Calls `listener` with each place of the app that the service worker at this path of the origin
 * wants shown here: somebody has clicked a notification.
 */
export function onOpening(path: string, listener: (place: string, profile: string | undefined) => void): void {
  const script = new URL(path, location.origin).href;
  ownServiceWorker()?.addEventListener("message", ({ data, source }) => {
    const { open, profile } = Object(data) as Partial<Record<keyof Opening, unknown>>;
    if (!isAt(source, script) || typeof open !== "string" || !open.startsWith("/")) return;
    listener(open, typeof profile === "string" ? profile : undefined);
  });
}

/** A browser that blocks the data of this site may throw as soon as it is named. */
function ownServiceWorker(): ServiceWorkerContainer | undefined {
  try {
    return "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
  } catch {
    return undefined;
  }
}

async function askIn(serviceWorker: ServiceWorkerContainer, script: string): Promise<void> {
  const { active } = await serviceWorker.ready;
  if (isAt(active, script)) active?.postMessage(INTRODUCE);
}

/** The browser lets no page name the script of a service worker falsely. */
function isAt(source: MessageEventSource | null, script: string): boolean {
  return source instanceof ServiceWorker && source.scriptURL === script;
}
