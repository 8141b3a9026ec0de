/**
 * What a newcomer does first, in Debian's Firefox, driven over WebDriver BiDi: pairing, writing, a
 * reload and a second tab. CONTRIBUTING.md names what only Chromium runs.
 */
import { launch, type Browser, type ElementHandle, type Page } from "puppeteer-core";
import { expect, onTestFinished, test } from "vitest";
import { wordsOf } from "../apps/web/src/words/index.ts";
import { createHomePerson, invite, whenLive, whenTexts } from "./lib/homes.ts";
import { startStoreProcess, temporaryFolder } from "./lib/store-process.ts";

const words = wordsOf("en");
const PATIENCE_MS = 60_000;

async function openFirefox(): Promise<Browser> {
  const browser = await launch({
    browser: "firefox",
    executablePath: process.env["PLI_FIREFOX"] ?? "/usr/bin/firefox-esr",
    userDataDir: temporaryFolder("firefox"),
    headless: true,
    extraPrefsFirefox: { "intl.accept_languages": "en-GB" },
  });
  onTestFinished(() => browser.close());
  return browser;
}

async function openTab(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  return page;
}

/** What a screen reader finds under this name, once it is there. */
async function named(page: Page, role: "button" | "textbox", name: string): Promise<ElementHandle> {
  const found = await page.waitForSelector(`::-p-aria([name=${JSON.stringify(name)}][role="${role}"])`);
  if (found === null) throw new Error(`no ${role} ${name}`);
  return found;
}

async function type(page: Page, field: string, text: string): Promise<void> {
  await (await named(page, "textbox", field)).type(text);
}

async function press(page: Page, button: string): Promise<void> {
  await (await named(page, "button", button)).click();
}

async function say(page: Page, to: string, text: string): Promise<void> {
  await type(page, words.composer.field(to), text);
  await press(page, words.composer.send);
}

/** Resolves once the open conversation shows exactly one message with this text. */
async function shows(page: Page, text: string): Promise<void> {
  const messages = (): Promise<string[]> =>
    page.$$eval('[role="log"] article', (all) => all.map(({ textContent }) => textContent));
  const count = async (): Promise<number> => (await messages()).filter((one) => one.includes(text)).length;
  // The policy of the page forbids what puppeteer would wait with.
  await expect.poll(count, { timeout: PATIENCE_MS, interval: 100 }).toBe(1);
}

test("in Firefox somebody new pairs by a link and codes, writes and is answered, in every tab and after a reload", async () => {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const bob = await createHomePerson("Bob", store.origin);
  onTestFinished(bob.close);
  const { pairing, link } = await invite(bob);

  const browser = await openFirefox();
  const page = await openTab(browser, link);
  await type(page, words.start.name, "Camille");
  await press(page, words.start.begin);
  const view = await whenLive(bob.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  const said = await page.waitForSelector(`[role="img"][aria-label^="${words.code.sayLabel("").trim()}"]`);
  const digits = (await said?.evaluate((element) => element.textContent))?.replaceAll(/\D/gu, "") ?? "";
  await bob.api.typeCode({ pairing, digits });
  await type(page, words.code.type("Bob"), view?.say ?? "");
  await press(page, words.code.check);
  await press(page, words.pairingEnd.write);

  await say(page, "Bob", "From Firefox");
  expect(await whenTexts(bob, 1)).toEqual(["From Firefox"]);
  await bob.say("From the terminal");
  await shows(page, "From the terminal");

  await page.reload();
  await shows(page, "From the terminal");
  await shows(page, "From Firefox");

  const second = await openTab(browser, page.url());
  await shows(second, "From the terminal");
  await say(second, "Bob", "From the second tab");
  await shows(page, "From the second tab");
  await bob.say("To both");
  for (const tab of [page, second]) await shows(tab, "To both");
  await page.close();
  await say(second, "Bob", "From the tab that is left");
  expect(await whenTexts(bob, 5)).toEqual([
    "From Firefox",
    "From the terminal",
    "From the second tab",
    "To both",
    "From the tab that is left",
  ]);
}, 180_000);
