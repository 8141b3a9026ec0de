/**
 * Keeps the app's own files, exactly as built, so that it opens off line, and nothing else. A new
 * version is fetched whole and waits until the page lets it take over (`applyUpdate`). It
 * introduces the tabs of the app to each other, and ignores all other pages of this origin. It
 * opens the app where a notification says, in the tab that was looked at last or in a new one.
 */
import { introduce, isAppTab, type Introduction, type Opening, type PageClient } from "@pli/engine-web/introduce";

/** `[path, sha256]` of every file of this version, written here by the build. */
const FILES = "__PLI_FILES__" as unknown as readonly (readonly [path: string, sha256: string])[];

type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void };
type PageEvent = ExtendableEvent & { data: unknown; source: PageClient | null };
type ClickEvent = ExtendableEvent & { notification: Notification };
type FetchEvent = ExtendableEvent & { request: Request; respondWith(response: Promise<Response>): void };
type Tab = PageClient & { postMessage(message: Opening): void; focus(): Promise<unknown> };
type ServiceWorkerScope = {
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: PageEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: ClickEvent) => void): void;
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
};

const scope = globalThis as unknown as ServiceWorkerScope;
const INTRODUCE: Introduction = "pli:introduce";
const PREFIX = "pli-files-";
const own = new Map(FILES);

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(forgetOtherVersions()));
scope.addEventListener("message", (event) => {
  const { data, source } = event;
  if (!isOurs(source)) return;
  if (data === "take-over") void scope.skipWaiting();
  if (data === INTRODUCE) event.waitUntil(introduceToAll(source));
});
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { data } = event.notification;
  event.waitUntil(open(pathFrom(data), profileFrom(data)));
});
scope.addEventListener("fetch", (event) => {
  const path = ownPath(event.request);
  if (path !== undefined) event.respondWith(answer(path, event.request));
});

const isOurs = (client: PageClient | null): client is PageClient =>
  isAppTab(client, { origin: location.origin, isPage });

/** The tabs of the app, the one that was looked at last first. */
async function ourTabs(): Promise<Tab[]> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter((page) => isOurs(page));
}

async function introduceToAll(newcomer: PageClient): Promise<void> {
  introduce(newcomer, await ourTabs());
}

/** Shows this place of the app, without loading a tab again that is open. */
async function open(path: string, profile: string): Promise<void> {
  const [tab] = await ourTabs();
  if (tab === undefined) return void (await scope.clients.openWindow(`${path}#profile=${profile}`));
  tab.postMessage({ open: path, profile });
  await tab.focus();
}

/** A place of the app from what a notification carries; the list if it is none. */
function pathFrom(data: unknown): string {
  const { path } = Object(data) as { path?: unknown };
  return typeof path === "string" && path.startsWith("/") && !path.startsWith("//") && isPage(path) ? path : "/";
}

/** The profile that a notification is of. */
function profileFrom(data: unknown): string {
  const { profile } = Object(data) as { profile?: unknown };
  return typeof profile === "string" && /^[0-9a-f]{8}$/u.test(profile) ? profile : "first";
}

/**
 * All files or none: one that is missing or has other bytes than the build's makes the whole
 * version fail.
 */
async function install(): Promise<void> {
  const cache = await caches.open(await cacheName());
  await Promise.all(
    FILES.map(async ([path, sha256]) => {
      const response = await fetch(path, { cache: "no-cache", credentials: "omit", integrity: `sha256-${sha256}` });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      await cache.put(path, response);
    }),
  );
}

async function forgetOtherVersions(): Promise<void> {
  const current = await cacheName();
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== current);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** What the store answers itself, under the same origin. */
const NOT_PAGES = /^\/(v1|livez|readyz|metrics)$/;

/**
 * Which of our files a request is for; every page of the app (`/i` of an invitation, `/c/…`) is
 * `/`.
 */
function ownPath(request: Request): string | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return undefined;
  if (own.has(pathname)) return pathname;
  return request.mode === "navigate" && isPage(pathname) ? "/" : undefined;
}

function isPage(pathname: string): boolean {
  return pathname === "/index.html" || !(pathname.includes(".") || NOT_PAGES.test(pathname));
}

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(await cacheName());
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

let name: Promise<string> | undefined;

/** One cache for each version, named by the hash of what is in it. */
async function cacheName(): Promise<string> {
  name ??= crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(FILES))).then((hash) => {
    const hex = Array.from(new Uint8Array(hash).subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
    return PREFIX + hex.join("");
  });
  return name;
}
