/**
 * How the tabs of the app find each other: the service worker introduces them. It knows the address
 * that each page was loaded from, which no script of that page can change. A BroadcastChannel would
 * be open to every page of the origin.
 */

/**
 * What a page says to the service worker to meet the others, and what each of two pages gets
 * together with its port.
 */
export type Introduction = "pli:introduce";

/**
 * What the service worker says to a page: to go to this place of the app, which somebody has asked
 * for outside it.
 */
export interface Opening {
  open: string;
  /** The profile that it is a place of. */
  profile?: string;
}

/** A page as its service worker sees it: what we use of `WindowClient`. */
export interface PageClient {
  readonly id: string;
  /** Where it was loaded from. */
  readonly url: string;
  readonly type: string;
  readonly frameType: string;
  postMessage(message: Introduction, transfer: MessagePort[]): void;
}

/** Whether this is a tab of the app: a whole page, loaded from one of the app's own addresses. */
export function isAppTab(
  client: PageClient | null,
  app: { origin: string; isPage(path: string): boolean },
): client is PageClient {
  if (client?.type !== "window" || client.frameType === "nested") return false;
  const { origin, pathname } = new URL(client.url);
  return origin === app.origin && app.isPage(pathname);
}

/**
 * Gives the newcomer a line to each of the others, and keeps no end of any. Both ends must be tabs
 * of the app.
 */
export function introduce(newcomer: PageClient, others: readonly PageClient[]): void {
  for (const other of others) {
    if (other.id === newcomer.id) continue;
    const { port1, port2 } = new MessageChannel();
    other.postMessage("pli:introduce", [port1]);
    newcomer.postMessage("pli:introduce", [port2]);
  }
}
