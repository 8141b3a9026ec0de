import { expect, test, type Page, type Worker } from "@playwright/test";
import { digitsOf, invite, message, type Person } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";
import type { HomePerson } from "./lib/homes.ts";
import { acceptAtHome } from "./lib/meeting.ts";

/**
 * What the browser shows while nobody looks, in a real browser: by which tab, for how long, and
 * what a click does.
 */
const scene = sceneOfEachTest({ isWhole: true });
let bob: HomePerson;
let camille: Person;
let thread: string;

test.beforeEach(async () => {
  ({ camille, bob, thread } = await meetBob(scene));
  const { context, page } = camille;
  await context.grantPermissions(["notifications"], { origin: scene.store.origin });
  await context.addInitScript(() => {
    const state = globalThis as unknown as { isAway?: boolean };
    Object.defineProperty(Document.prototype, "hidden", { get: () => state.isAway === true });
    Object.defineProperty(Document.prototype, "hasFocus", { value: () => state.isAway !== true });
  });
  await page.evaluate(() => localStorage.setItem("pli.preferences", JSON.stringify({ notifications: true })));
  await goTo(page, "/settings");
  // What arrives before a page has opened is not notified: it has read its first counts by then.
  await page.waitForTimeout(2_000);
});

/** Nobody has this tab before their eyes, or somebody does. */
const look = (page: Page, isAway: boolean) =>
  page.evaluate((away) => {
    Object.assign(globalThis, { isAway: away });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isAway);

/** Loads the page, and waits until the app has opened in it. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, scene.store.origin).href);
  await expect(page.getByRole("navigation", { name: camille.words.list.title })).toBeVisible();
}

async function openTab(path: string): Promise<Page> {
  const page = await camille.context.newPage();
  await goTo(page, path);
  return page;
}

async function serviceWorker(): Promise<Worker> {
  const [running] = camille.context.serviceWorkers();
  return running ?? camille.context.waitForEvent("serviceworker");
}

/** What is shown now, by any tab. */
async function shown(): Promise<{ body: string; path: string }[]> {
  return (await serviceWorker()).evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    const all = await registration.getNotifications();
    return all.map(({ body, data }) => ({ body, path: (data as { path: string }).path }));
  });
}

type ClickedScope = {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<void>; matchAll(options: object): Promise<readonly unknown[]> };
  NotificationEvent: new (type: string, p: { notification: Notification }) => Event;
  opened?: string[];
};

/** Clicks what is shown. `opened` says which windows the app opens then. */
async function click(): Promise<void> {
  await (
    await serviceWorker()
  ).evaluate(async () => {
    const scope = globalThis as unknown as ClickedScope;
    const opened: string[] = (scope.opened = []);
    scope.clients.openWindow = async (url) => void opened.push(url);
    const [notification] = await scope.registration.getNotifications();
    if (notification === undefined) throw new Error("no notification is shown");
    dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
  });
}

/** The addresses of the windows that the app has opened since the last click. */
const opened = async (): Promise<string[]> =>
  (await serviceWorker()).evaluate(() => (globalThis as unknown as ClickedScope).opened ?? []);

/** How many tabs the service worker sees: one that has gone elsewhere is seen a moment longer. */
const tabs = async (): Promise<number> =>
  (await serviceWorker()).evaluate(async () => {
    const { clients } = globalThis as unknown as ClickedScope;
    return (await clients.matchAll({ type: "window", includeUncontrolled: true })).length;
  });

const path = () => new URL(thread).pathname;

for (const [who, leads] of [
  ["the leading tab", true],
  ["another tab", false],
] as const) {
  test(`nothing is shown of a conversation that is in sight, while ${who} is hidden`, async () => {
    const second = await openTab(leads ? thread : "/settings");
    const [hidden, seen] = leads ? [camille.page, second] : [second, camille.page];
    await goTo(seen, thread);
    await look(hidden, true);
    await bob.say("You are looking at this");
    await expect(message({ ...camille, page: seen }, "Bob", "You are looking at this")).toHaveCount(1);
    await seen.waitForTimeout(1_500);
    expect(await shown()).toEqual([]);
  });
}

test("one notification for all tabs counts what comes while nobody looks, and goes when it is read", async () => {
  const second = await openTab("/settings");
  for (const tab of [camille.page, second]) await look(tab, true);
  await bob.say("One");
  await expect.poll(shown).toEqual([{ body: camille.words.notifications.body(1), path: path() }]);
  await bob.say("Two");
  await bob.say("Three");
  await expect.poll(shown).toEqual([{ body: camille.words.notifications.body(3), path: path() }]);
  await look(second, false);
  await expect.poll(shown).toEqual([]);
});

test("a click shows the conversation in the tab that is open, and opens one when none is", async () => {
  await look(camille.page, true);
  await bob.say("One");
  await expect.poll(shown).toHaveLength(1);
  await click();
  await expect(camille.page).toHaveURL(thread);
  expect(await opened()).toEqual([]);
  expect(await shown()).toEqual([]);

  await bob.say("Two");
  await expect.poll(shown).toHaveLength(1);
  await camille.page.goto("about:blank");
  await expect.poll(tabs).toBe(0);
  await click();
  await expect.poll(opened).toEqual([`${path()}#profile=first`]);
});

test("a guest who waits with the digits has a notification, and a click opens that invitation", async () => {
  const link = await invite(camille);
  const invitation = new URL(camille.page.url()).pathname;
  await goTo(camille.page, "/settings");
  await look(camille.page, true);
  const dana = await scene.openHome("Dana");
  await acceptAtHome(dana, link);
  await expect.poll(shown).toEqual([{ body: camille.words.notifications.guest, path: invitation }]);
  await click();
  await expect(camille.page).toHaveURL(scene.store.origin + invitation);
  await digitsOf(camille);
});

test("no page but the service worker makes a tab go anywhere", async () => {
  const second = await openTab("/settings");
  await second.evaluate(() => {
    const scope = navigator.serviceWorker;
    scope.dispatchEvent(new MessageEvent("message", { data: { open: "/knowledge" } }));
    scope.controller?.postMessage({ open: "/knowledge" });
  });
  await second.waitForTimeout(500);
  expect(new URL(second.url()).pathname).toBe("/settings");
  expect(new URL(camille.page.url()).pathname).toBe("/settings");
});
