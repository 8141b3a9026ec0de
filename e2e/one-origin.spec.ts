import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { ROUTES } from "../packages/store/src/faces/http/server.ts";
import { makeProfile, openBrowser, type Person } from "./lib/browser.ts";
import { startStoreProcess, type StoreProcess } from "./lib/store-process.ts";

/**
 * What another page of the app's origin can do to it, in a real browser: one of the store, and one
 * with a script that is not ours.
 */
const PASSPHRASE = "quatre mots au hasard";

let store: StoreProcess;
let camille: Person;

test.beforeEach(async () => {
  store = await startStoreProcess();
  camille = await openBrowser();
  await makeProfile(camille, store.origin, "Camille");
});

test.afterEach(async () => {
  await camille.context.close();
  await store.kill();
});

async function setPassphrase({ page, words }: Person): Promise<void> {
  await page.goto(`${store.origin}/settings/lock`);
  await page.getByRole("radio", { name: words.lock.passphrase }).check();
  await page.getByLabel(words.lock.new, { exact: true }).fill(PASSPHRASE);
  await page.getByLabel(words.lock.again).fill(PASSPHRASE);
  await page.getByRole("button", { name: words.lock.set }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeVisible();
}

const isOpen = ({ words }: Person, page: Page) =>
  expect(page.getByRole("heading", { name: words.lock.title, exact: true })).toBeVisible();

/**
 * A page of the same origin with a script of its own, as if another program answered at this
 * address too.
 */
async function openHostile(context: BrowserContext): Promise<Page> {
  await context.route(`${store.origin}/hostile.html`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>another page</title>" }),
  );
  const page = await context.newPage();
  await page.goto(`${store.origin}/hostile.html`);
  expect(await page.evaluate(() => location.origin)).toBe(store.origin);
  return page;
}

/** Listens wherever the tabs of the app might speak. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const heard: unknown[] = [];
    const names = ["pli", "pli:bus", "pli:activity", "pli:line"];
    const channels = names.map((name) => new BroadcastChannel(name));
    for (const channel of channels) channel.addEventListener("message", ({ data }: MessageEvent) => heard.push(data));
    Object.assign(globalThis, { heard, channels });
    navigator.serviceWorker.addEventListener("message", ({ data }) => heard.push(data));
    navigator.serviceWorker.startMessages();
  });

/**
 * Says to the tabs and to the service worker what they say to each other, from an address like that
 * of the app.
 */
const speak = (page: Page) =>
  page.evaluate(async () => {
    history.replaceState(null, "", "/");
    const { active } = await navigator.serviceWorker.ready;
    for (const message of ["pli:introduce", "take-over"]) active?.postMessage(message);
    const { channels } = globalThis as unknown as { channels: BroadcastChannel[] };
    const truth = { phase: "failed", lock: "none", error: "database_damaged" };
    const asks = ["lock", "relocked", "erase"].map((kind) => ({ type: "ask", id: kind, ask: { kind } }));
    const messages = [
      { type: "hello" },
      { type: "wipe" },
      { type: "truth", leader: "another", truth },
      { type: "join", generation: "g", tab: "another" },
      ...asks,
    ];
    for (const message of [...messages, Date.now()]) for (const channel of channels) channel.postMessage(message);
  });

const heardBy = (page: Page) => page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard);

test("a page with another script that listens and asks is given nothing, and the app does nothing for it", async () => {
  const { page, words, context } = camille;
  await setPassphrase(camille);
  const hostile = await openHostile(context);
  await listen(hostile);
  await speak(hostile);
  const second = await context.newPage();
  await second.goto(`${store.origin}/settings/lock`);
  for (const tab of [page, second]) await isOpen(camille, tab);
  await speak(hostile);

  await page.getByRole("button", { name: words.lock.now }).click();
  await expect(second.getByRole("heading", { name: words.lock.screenTitle })).toBeVisible();
  await second.getByLabel(words.lock.field).fill(PASSPHRASE);
  await second.getByRole("button", { name: words.lock.open }).click();
  for (const tab of [page, second]) await isOpen(camille, tab);
  await second.mouse.click(5, 5);
  expect(await heardBy(hostile)).toEqual([]);

  await page.close();
  await isOpen(camille, second);
  await second.reload();
  await second.getByLabel(words.lock.field).fill(PASSPHRASE);
  await second.getByRole("button", { name: words.lock.open }).click();
  await isOpen(camille, second);
});

test("the app's own worker, started by such a page, opens nothing while the device is locked to it", async () => {
  const { page, context } = camille;
  await setPassphrase(camille);
  const worker = page.workers().find((each) => each.url().includes("pli-worker"));
  const hostile = await openHostile(context);
  await hostile.evaluate((url) => {
    const said: unknown[] = [];
    Object.assign(globalThis, { said });
    const borrowed = new Worker(url, { type: "module" });
    borrowed.addEventListener("message", ({ data }: MessageEvent) => said.push(data));
    borrowed.postMessage({ type: "start", store: location.origin, name: "pli" });
  }, worker?.url() ?? "");
  const said = () => hostile.evaluate(() => (globalThis as unknown as { said: { type: string }[] }).said);
  const second = await context.newPage();
  await second.goto(`${store.origin}/settings/lock`);
  await isOpen(camille, second);
  await page.close();
  await second.close();
  const locked = { type: "state", state: { phase: "locked", lock: "passphrase", leader: true } };
  await expect.poll(said).toContainEqual(locked);
  expect((await said()).map(({ type }) => type)).not.toContain("connect");
  expect(JSON.stringify(await said())).not.toContain('"open"');
});

test("no page of the store but the app is of its origin, and none runs a script", async () => {
  const page = await camille.context.newPage();
  for (const path of [...Object.keys(ROUTES), "/gone.html", "/manifest.webmanifest", "/icons/pli.svg"]) {
    await page.goto(store.origin + path);
    expect(await page.evaluate(() => globalThis.origin), path).toBe("null");
    expect(await page.evaluate(() => "BroadcastChannel" in globalThis && document.scripts.length)).toBe(0);
  }
});

test("the app is in no frame of another page, nor in a window that such a page can look into", async () => {
  const hostile = await openHostile(camille.context);
  const inside = await hostile.evaluate(async () => {
    const frame = document.createElement("iframe");
    frame.src = "/";
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
    return frame.contentDocument?.querySelector("#root") ?? null;
  });
  expect(inside).toBeNull();

  const opened = camille.context.waitForEvent("page");
  await hostile.evaluate(() => Object.assign(globalThis, { opened: window.open("/settings/lock") }));
  await isOpen(camille, await opened);
  const severed = await hostile.evaluate(() => (globalThis as unknown as { opened: Window }).opened.closed);
  expect(severed).toBe(true);
});

test("in a browser without service workers a second tab says that another is open, and takes over when it closes", async () => {
  const alone = await openBrowser();
  await alone.context.route(`${store.origin}/service-worker.js`, (route) => route.abort());
  await makeProfile(alone, store.origin, "Alma");
  const second = await alone.context.newPage();
  await second.goto(`${store.origin}/settings/lock`);
  await expect(second.getByRole("heading", { name: alone.words.failure.elsewhere })).toBeVisible();
  await alone.page.close();
  await isOpen(alone, second);
  await alone.context.close();
});
