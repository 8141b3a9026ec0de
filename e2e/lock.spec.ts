import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { makeProfile, message, openBrowser, say, visit, type Person } from "./lib/browser.ts";
import { createHomePerson, onlyConversation, whenTexts, type HomePerson } from "./lib/homes.ts";
import { meet } from "./lib/meeting.ts";
import { addAuthenticator } from "./lib/passkeys.ts";
import { startStoreProcess, temporaryFolder, type StoreProcess } from "./lib/store-process.ts";

const PASSPHRASE = "quatre mots au hasard";

let store: StoreProcess;
let camille: Person;
/** Passkeys are for names, never for addresses of machines. */
let origin: string;

test.beforeEach(async () => {
  store = await startStoreProcess();
  origin = store.origin.replace("127.0.0.1", "localhost");
});

test.afterEach(async () => {
  await camille.context.close();
  await store.kill();
});

/** `isWhole`: with passkeys. */
async function begin({ isWhole = false } = {}): Promise<Person> {
  camille = await openBrowser({ isWhole });
  await makeProfile(camille, origin, "Camille");
  return camille;
}

async function openLockSettings({ page, words }: Person): Promise<void> {
  await visit({ page }, "/settings/lock");
  await expect(page.getByRole("heading", { name: words.lock.title, exact: true })).toBeVisible();
}

async function setPassphrase(person: Person): Promise<void> {
  const { page, words } = person;
  await openLockSettings(person);
  await page.getByRole("radio", { name: words.lock.passphrase }).check();
  await page.getByLabel(words.lock.new, { exact: true }).fill(PASSPHRASE);
  await page.getByLabel(words.lock.again).fill(PASSPHRASE);
  await page.getByRole("button", { name: words.lock.set }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeVisible();
}

const isLocked = ({ words }: Person, page: Page) =>
  expect(page.getByRole("heading", { name: words.lock.screenTitle })).toBeVisible();

const isOpen = ({ words }: Person, page: Page) =>
  expect(page.getByRole("heading", { name: words.lock.title, exact: true })).toBeVisible();

async function unlock({ page, words }: Person, passphrase: string): Promise<void> {
  await page.getByLabel(words.lock.field).fill(passphrase);
  await page.getByRole("button", { name: words.lock.open }).click();
}

async function removeLock({ page, words }: Person): Promise<void> {
  await page.getByRole("radio", { name: words.lock.none }).check();
  await page.getByRole("button", { name: words.lock.remove }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeHidden();
}

test("a passphrase locks every tab at once, opens with the right one only, and can be removed", async () => {
  const person = await begin();
  const { page, words, context } = person;
  await setPassphrase(person);
  const second = await context.newPage();
  await second.goto(`${origin}/settings/lock`);
  await isOpen(person, second);

  await page.getByRole("button", { name: words.lock.now }).click();
  for (const tab of [page, second]) await isLocked(person, tab);
  await unlock(person, "quatre mots au hasar");
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await isLocked(person, second);
  await unlock(person, PASSPHRASE);
  for (const tab of [page, second]) await isOpen(person, tab);

  await second.close();
  await page.reload();
  await isLocked(person, page);
  await unlock(person, PASSPHRASE);
  await isOpen(person, page);
  await removeLock(person);
  await page.reload();
  await isOpen(person, page);
  expect(person.complaints).toEqual([]);
});

test("a passkey locks, opens, and can be removed", async () => {
  const person = await begin({ isWhole: true });
  const { page, words } = person;
  await setPasskey(person);
  await page.getByRole("button", { name: words.lock.now }).click();
  await isLocked(person, page);
  await page.getByRole("button", { name: words.lock.usePasskey }).click();
  await isOpen(person, page);

  await page.reload();
  await isLocked(person, page);
  await page.getByRole("button", { name: words.lock.usePasskey }).click();
  await isOpen(person, page);
  await removeLock(person);
  await page.reload();
  await isOpen(person, page);
  expect(person.complaints).toEqual([]);
});

test("a passkey that does not know the person before it opens nothing", async () => {
  const person = await begin({ isWhole: true });
  const { page, words } = person;
  const authenticator = await setPasskey(person);
  await page.getByRole("button", { name: words.lock.now }).click();
  await isLocked(person, page);
  await authenticator.ownerIs(false);
  await page.getByRole("button", { name: words.lock.usePasskey }).click();
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await isLocked(person, page);
});

async function setPasskey(person: Person) {
  const { page, words } = person;
  const authenticator = await addAuthenticator(person);
  await openLockSettings(person);
  await page.getByRole("radio", { name: words.lock.passkey }).check();
  await page.getByRole("button", { name: words.lock.set }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeVisible();
  return authenticator;
}

test("the app locks itself after the chosen time without a touch, and not before", async () => {
  const person = await begin();
  const { page, words } = person;
  await setPassphrase(person);
  await page.getByRole("radio", { name: words.lock.autoMinutes(5), exact: true }).check();
  await page.clock.install();
  await page.reload();
  await unlock(person, PASSPHRASE);
  await isOpen(person, page);
  await page.clock.runFor("04:00");
  await page.keyboard.press("Shift");
  await page.clock.runFor("04:30");
  await isOpen(person, page);
  await page.clock.runFor("00:40");
  await isLocked(person, page);
});

test("five wrong passphrases make Pli wait, also after a reload, and nothing is lost", async () => {
  test.setTimeout(180_000);
  const person = await begin();
  const { page, words } = person;
  await setPassphrase(person);
  await page.getByRole("button", { name: words.lock.now }).click();
  await isLocked(person, page);
  for (let time = 0; time < 5; time++) {
    await unlock(person, `not this one ${time}`);
    if (time < 4) await expect(page.getByRole("alert").filter({ hasText: /\S/u })).toBeVisible();
  }
  const pause = page.getByText(words.lock.paused);
  await expect(pause).toBeVisible();
  await expect(page.getByRole("button", { name: words.lock.open })).toBeDisabled();
  await page.reload();
  await expect(pause).toBeVisible();
  await expect(pause).toBeHidden({ timeout: 60_000 });
  await unlock(person, PASSPHRASE);
  await isOpen(person, page);
  expect(person.complaints).toEqual([]);
});

test("the picture of a page that was left is the same whatever is on it", async () => {
  const person = await begin();
  const { page, words } = person;
  await visit(person, "/settings/privacy");
  await page.getByRole("switch", { name: words.privacy.veil }).check();
  const pictures: Buffer[] = [];
  for (const path of ["/settings/profile", "/settings/theme"]) {
    await page.goto(origin + path);
    await page.getByRole("main").click();
    const open = await page.screenshot();
    await page.evaluate(() => dispatchEvent(new Event("blur")));
    await expect(page.getByText(words.privacy.veiled)).toBeVisible();
    pictures.push(await page.screenshot());
    expect(pictures.at(-1)?.equals(open)).toBe(false);
  }
  expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(true);
});

test("erasing this device leaves a new one, also when it was locked and the passphrase forgotten", async () => {
  const person = await begin();
  const { page, words } = person;
  await setPassphrase(person);
  await page.reload();
  await isLocked(person, page);
  await page.getByText(words.lock.forgot).click();
  await page.getByRole("button", { name: words.storage.erase }).click();
  await page.getByLabel(words.storage.eraseType).fill(words.storage.eraseWord);
  await page.getByRole("button", { name: words.storage.eraseDo }).click();
  await expect(page.getByLabel(words.start.name)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(words.start.name)).toBeVisible();
  const left = await page.evaluate(async () => {
    const folders: string[] = [];
    const root = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> };
    for await (const name of root.keys()) folders.push(name);
    return { folders, session: sessionStorage.length, local: Object.keys(localStorage) };
  });
  expect(left.session).toBe(0);
  expect(left.local.filter((name) => name !== "pli.preferences")).toEqual([]);
});

test("no message, no name and nobody's identifier stands in any file of the browser", async () => {
  const [TEXT, DRAFT, ME, PEER] = [
    "Rendez-vous-au-pont-Mirabeau",
    "Un-brouillon-en-cours",
    "Camille-Quatremer",
    "Bob-Vandermeer",
  ];
  const folder = temporaryFolder("browser");
  const bob = await createHomePerson(PEER, store.origin);
  camille = await openBrowser({ folder, isWhole: true });
  const { page, words } = camille;
  await makeProfile(camille, store.origin, ME);
  await meet(camille, bob);
  await say(camille, PEER, `${TEXT} one`);
  await whenTexts(bob, 1);
  await bob.say(`${TEXT} two`);
  await expect(message(camille, PEER, `${TEXT} two`)).toBeVisible();
  await page.getByRole("searchbox", { name: words.list.search }).fill(TEXT);
  await page.getByRole("link", { name: `${TEXT} two` }).click();
  await page.getByRole("link", { name: PEER }).last().click();
  await expect(page.getByRole("heading", { name: words.contact.title })).toBeVisible();
  await page.goBack();
  await page.getByLabel(words.composer.field(PEER)).fill(DRAFT);
  await page.waitForTimeout(1000);
  const ids = await identifiers(bob);
  await camille.context.close();
  await bob.close();
  await store.stop();

  const secrets = [...[TEXT, DRAFT, "Quatremer", "Vandermeer"].flatMap(asText), ...ids.flatMap(asIdentifier)];
  const files = filesIn(folder);
  expect(files.some(({ name }) => name.endsWith("History"))).toBe(true);
  expect(files.some(({ bytes }) => bytes.includes(new URL(store.origin).host))).toBe(true);
  expect(
    files.flatMap(({ name, bytes }) =>
      secrets.filter(({ as }) => bytes.includes(as)).map(({ what }) => `${name}: ${what}`),
    ),
  ).toEqual([]);
});

/** Both profiles, the conversation as the other side names it, and its messages. */
async function identifiers(bob: HomePerson): Promise<string[]> {
  const conversation = await onlyConversation(bob.api);
  const profile = (await bob.api.read("status", {})).profile;
  const messages = (await bob.messages()).map(({ id }) => id);
  return [conversation.contact, profile?.id ?? "", conversation.id, ...messages].filter((id) => id.length > 8);
}

const asText = (text: string) => [
  { what: text, as: Buffer.from(text) },
  { what: `${text}, UTF-16`, as: Buffer.from(text, "utf16le") },
];

const asIdentifier = (id: string) =>
  [
    { what: id, as: Buffer.from(id) },
    { what: `${id}, raw`, as: Buffer.from(id, "hex") },
  ].filter(({ as }) => as.length > 4);

function filesIn(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}

/** Bob has written a word that is looked for later, and a passphrase is set. */
async function hearBobAndLock(person: Person): Promise<{ bob: HomePerson; thread: string }> {
  const bob = await createHomePerson("Bob", store.origin);
  await meet(person, bob);
  const thread = person.page.url();
  await bob.say("rendez-vous au marzipan");
  await expect(message(person, "Bob", "rendez-vous au marzipan")).toBeVisible();
  await setPassphrase(person);
  return { bob, thread };
}

test("a duress passphrase opens a fresh profile, in every tab, and leaves nothing of the first one", async () => {
  test.setTimeout(180_000);
  const person = await begin();
  const { page, words, context } = person;
  const duress = "lorem ipsum dolor";
  const { bob, thread } = await hearBobAndLock(person);
  await page.getByRole("link", { name: words.duress.title }).click();
  await unlock(person, PASSPHRASE);
  await page.getByLabel(words.duress.name).fill("Camille R.");
  await page.getByLabel(words.duress.new, { exact: true }).fill(duress);
  await page.getByLabel(words.lock.again).fill(duress);
  await page.getByRole("button", { name: words.duress.set }).click();
  await expect(page.getByText(words.duress.isSet)).toBeVisible();
  const files = await privateFiles(page);

  await page.goto(thread);
  await isLocked(person, page);
  const second = await context.newPage();
  await second.goto(`${origin}/settings/lock`);
  await isLocked(person, second);
  await unlock(person, "rien de tout cela");
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await unlock(person, duress);
  for (const tab of [page, second]) {
    await expect(tab.getByRole("heading", { name: words.list.title })).toBeVisible();
    await expect(tab.getByText("Bob")).toHaveCount(0);
    expect(new URL(tab.url()).pathname).toBe("/");
  }
  await second.close();
  await page.reload();
  await unlock(person, PASSPHRASE);
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await unlock(person, duress);
  await visit({ page }, "/settings/profile");
  await expect(page.getByLabel(words.profile.name)).toHaveValue("Camille R.");
  expect(await privateFiles(page)).toEqual(files);
  expect(person.complaints).toEqual([]);
  await bob.close();
});

/** The names of the private files of the page's origin. */
function privateFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names: string[] = [];
    const look = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      const entries = folder as unknown as {
        values(): AsyncIterable<FileSystemFileHandle | FileSystemDirectoryHandle>;
      };
      for await (const entry of entries.values()) {
        if (entry.kind === "directory") await look(entry, `${path}${entry.name}/`);
        else names.push(path + entry.name);
      }
    };
    await look(await navigator.storage.getDirectory(), "");
    return names.toSorted();
  });
}

test("a locked conversation is not in the list's previews, and opens with the passphrase only, in every tab", async () => {
  const person = await begin();
  const { page, words, context } = person;
  const { bob, thread } = await hearBobAndLock(person);
  await page.goto(thread);
  await unlock(person, PASSPHRASE);
  await page.getByRole("button", { name: words.thread.more }).click();
  await page.getByRole("menuitem", { name: words.thread.lock }).click();
  const second = await context.newPage();
  await second.goto(thread);
  for (const tab of [page, second]) {
    await expect(tab.getByRole("heading", { name: words.thread.lockedTitle })).toBeVisible();
    await expect(tab.getByRole("navigation").getByText(words.list.locked)).toBeVisible();
    await expect(tab.getByText("rendez-vous au marzipan")).toHaveCount(0);
  }
  await second.getByRole("searchbox", { name: words.list.search }).fill("marzipan");
  await unlock({ ...person, page: second }, "pas la bonne");
  await expect(second.getByRole("alert")).not.toBeEmpty();
  await expect(second.getByText("rendez-vous au marzipan")).toHaveCount(0);
  await unlock({ ...person, page: second }, PASSPHRASE);
  await expect(second.getByRole("article").getByText("rendez-vous au marzipan")).toBeVisible();
  await expect(page.getByText("rendez-vous au marzipan")).toHaveCount(0);
  await bob.close();
});
