import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { makeProfile, openBrowser, type Person } from "./lib/browser.ts";
import { startStoreProcess, temporaryFolder, type StoreProcess } from "./lib/store-process.ts";

/** Browsers that refuse to keep what the app must keep, or what it can do without. */
let store: StoreProcess;
let person: Person;

test.beforeEach(async () => void (store = await startStoreProcess()));

test.afterEach(async () => {
  // A page may still load when all that is to be seen of it has been seen.
  await person.context.unrouteAll({ behavior: "ignoreErrors" });
  await person.context.close();
  await store.kill();
});

/** The folder of a Chromium in whose settings all sites are forbidden to keep anything. */
function folderThatBlocks(): string {
  const folder = temporaryFolder("browser");
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  mkdirSync(join(folder, "Default"));
  writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify(settings));
  return folder;
}

const says = async ({ page, words }: Person) => {
  await expect(page.getByRole("heading", { name: words.failure.blocked })).toBeVisible();
  await expect(page.getByText(words.failure.blockedText(new URL(store.origin).host))).toBeVisible();
  await expect(page.getByRole("button", { name: words.failure.reload })).toBeVisible();
};

for (const language of ["fr", "en"] as const) {
  test(`a browser that blocks site data is told so, and what to do (${language})`, async () => {
    person = await openBrowser({ folder: folderThatBlocks(), language, isWhole: true });
    for (const path of ["/", "/i#an-invitation", "/c/0"]) {
      await person.page.goto(store.origin + path);
      await says(person);
    }
  });
}

test("a browser that refuses private files says the same", async () => {
  person = await openBrowser();
  await person.context.route(/pli-worker.*\.js$/u, async (route) => {
    const response = await route.fetch();
    const refusal = `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "UnknownError"));`;
    await route.fulfill({ response, body: `${refusal}\n${await response.text()}` });
  });
  await person.page.goto(store.origin);
  await says(person);
});

test("a browser that refuses localStorage and sessionStorage alone opens the app", async () => {
  person = await openBrowser();
  await person.context.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException("denied", "SecurityError");
    };
    for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, { get: refuse });
  });
  await makeProfile(person, store.origin, "Alma");
  expect(person.complaints).toEqual([]);
});
