import { expect, test, type Page } from "@playwright/test";
import { beginAs, crash, makeProfile, message, visit, type Person } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";

/** Several profiles in one browser: each tab shows one. */
const scene = sceneOfEachTest();

const LIST = "/settings/profiles";

async function addProfile({ page, words }: Person, label: string, name: string): Promise<void> {
  await page.goto(new URL(LIST, scene.store.origin).href);
  await page.getByLabel(words.profiles.add, { exact: true }).fill(label);
  await page.getByRole("button", { name: words.profiles.addDo }).click();
  await beginAs({ page, words }, name);
  await expect(page.getByRole("heading", { name: words.start.hello(name) })).toBeVisible();
}

async function switchTo({ page, words }: Person, label: string): Promise<void> {
  await page.getByRole("button", { name: words.profiles.switch }).click();
  await page.getByRole("menuitem", { name: label }).click();
}

/** The name of the profile that a tab shows, on its page of settings. */
async function shows({ page, words }: Person, name: string): Promise<void> {
  await page.goto(new URL("/settings", scene.store.origin).href);
  await expect(page.getByRole("link", { name: new RegExp(`${name}.*${words.settings.profile}`, "u") })).toBeVisible();
}

/** What the tab says that it shows. */
const isLabelled = ({ page, words }: Person, label: string) =>
  expect(page.getByRole("navigation", { name: words.list.title }).getByText(label, { exact: true })).toBeVisible();

const tabOf = async (person: Person): Promise<Person> => ({ ...person, page: await person.context.newPage() });

/** The sets of data that the browser keeps. */
const foldersIn = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names: string[] = [];
    const root = await navigator.storage.getDirectory();
    for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    const records = (await indexedDB.databases()).map(({ name }) => `indexedDB ${name ?? ""}`);
    return [...names, ...records].toSorted();
  });

test("one profile has one line in the settings; a second one has data and people of its own", async () => {
  const { camille } = await meetBob(scene);
  const { page, words } = camille;
  await visit({ page }, "/settings");
  await expect(page.getByRole("link", { name: words.profiles.one })).toHaveCount(1);
  await expect(page.getByRole("button", { name: words.profiles.switch })).toHaveCount(0);

  await addProfile(camille, "Travail", "Camille Martin");
  await shows(camille, "Camille Martin");
  await expect(page.getByRole("link", { name: /Bob/u })).toHaveCount(0);
  await switchTo(camille, words.profiles.first);
  await expect(page.getByRole("link", { name: /Bob/u }).first()).toBeVisible();
  await page.reload();
  await shows(camille, "Camille");
});

test("of ten tabs each shows its own profile, keeps it, and hears its own messages", async () => {
  test.slow();
  const { camille, bob, thread } = await meetBob(scene);
  const { words } = camille;
  await addProfile(camille, "Travail", "Camille Martin");
  const tabs = [camille];
  for (let n = 1; n < 10; n++) tabs.push(await tabOf(camille));
  // New tabs show the profile that was chosen last.
  for (const tab of tabs) await tab.page.goto(scene.store.origin);
  for (const tab of tabs) await isLabelled(tab, "Travail");
  for (const tab of tabs.slice(5)) {
    await switchTo(tab, words.profiles.first);
    await isLabelled(tab, words.profiles.first);
    await visit(tab, new URL(thread).pathname);
  }
  await bob.say("For the first profile only");
  for (const tab of tabs.slice(5)) await expect(message(tab, "Bob", "For the first profile only")).toHaveCount(1);
  for (const tab of tabs.slice(0, 5)) {
    await isLabelled(tab, "Travail");
    await expect(tab.page.getByRole("link", { name: /Bob/u })).toHaveCount(0);
  }
  // Each profile has one engine: when the tab that runs it crashes, another one of that profile
  // takes over.
  await crash(tabs[5]?.page ?? camille.page);
  await bob.say("And once more");
  for (const tab of tabs.slice(6)) await expect(message(tab, "Bob", "And once more")).toHaveCount(1);
});

test("a tab that crashes in the middle of a switch leaves both profiles as they were", async () => {
  const camille = await scene.openBrowser();
  await makeProfile(camille, scene.store.origin, "Camille");
  await addProfile(camille, "Travail", "Camille Martin");
  for (const label of [camille.words.profiles.first, "Travail"]) {
    const tab = await tabOf(camille);
    await shows(tab, label === "Travail" ? "Camille" : "Camille Martin");
    await tab.page.getByRole("button", { name: camille.words.profiles.switch }).click();
    await tab.page.getByRole("menuitem", { name: label }).click({ noWaitAfter: true });
    await crash(tab.page);
  }
  const last = await tabOf(camille);
  await shows(last, "Camille Martin");
  await switchTo(last, camille.words.profiles.first);
  await shows(last, "Camille");
});

test("a removed profile leaves neither file nor record, and every tab shows another one", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, scene.store.origin, "Camille");
  const before = await foldersIn(page);
  await addProfile(camille, "Travail", "Camille Martin");
  expect((await foldersIn(page)).length).toBeGreaterThan(before.length);
  const second = await tabOf(camille);
  await shows(second, "Camille Martin");
  await visit({ page }, LIST);
  await page.getByRole("button", { name: words.profiles.remove }).click();
  await page.getByLabel(words.storage.eraseType).fill(words.storage.eraseWord);
  await page.getByRole("button", { name: words.storage.eraseDo }).click();
  for (const { page: left } of [camille, second]) await expect(left).toHaveURL(new URL("/", scene.store.origin).href);
  for (const tab of [camille, second]) await shows(tab, "Camille");
  // A record goes once the last page that had it open has gone elsewhere.
  await expect.poll(() => foldersIn(page)).toEqual(before);
  await expect(page.getByRole("link", { name: words.profiles.one })).toHaveCount(1);
});
