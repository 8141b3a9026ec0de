import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { digitsOf, makeProfile, message, openBrowser, visit, type Person } from "./lib/browser.ts";
import { whenInGroup } from "./lib/groups.ts";
import { createHomePerson, whenLive, whenTexts, type HomePerson } from "./lib/homes.ts";
import { acceptAtHome, exchangeCodes, meet } from "./lib/meeting.ts";
import { startStoreProcess, type StoreProcess } from "./lib/store-process.ts";

let store: StoreProcess;
let home: HomePerson;
let person: Person;

test.beforeEach(async () => {
  store = await startStoreProcess();
  home = await createHomePerson("Camille Moreau", store.origin);
  person = await openBrowser();
});

test.afterEach(async () => {
  await person.context.close();
  await home.close();
  await store.kill();
});

/**
 * What the checker finds wrong with the page as it now is, in light and in dark; each finding in
 * one line. In the dark only colours differ. Its legacy mode looks at one document, without a
 * second page: the app has no frames.
 */
async function findings(screen: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const checker = new AxeBuilder({ page: person.page }).setLegacyMode(true);
    const { violations } = await (colorScheme === "dark" ? checker.withRules(["color-contrast"]) : checker).analyze();
    for (const { id, nodes } of violations) {
      found.push(
        ...nodes.map(
          (node) =>
            `${screen}, ${colorScheme}: ${id} at ${node.target.join(" ")}: ${node.any[0]?.message ?? node.failureSummary ?? ""}`,
        ),
      );
    }
  }
  return found;
}

const SETTINGS = [
  "",
  "/profile",
  "/profiles",
  "/devices",
  "/server",
  "/lock",
  "/privacy",
  "/notifications",
  "/storage",
].concat(["/export", "/language", "/theme", "/about"]);

test("No screen has anything for an accessibility checker to find, in light and in dark", async () => {
  test.setTimeout(600_000);
  const { page, words } = person;
  const found: string[] = [];
  const look = async (screen: string) => void found.push(...(await findings(screen)));

  await page.goto(store.origin);
  await expect(page.getByLabel(words.start.name)).toBeVisible();
  await look("start");
  await makeProfile(person, store.origin, "Nadia Benali");
  await look("welcome");
  await page.getByRole("button", { name: words.pair.invite }).click();
  const link = page.getByLabel(words.invite.link);
  await expect(link).toHaveValue(/\/i#/u);
  await look("invitation");
  const pairing = await acceptAtHome(home, await link.inputValue());
  await digitsOf(person);
  await look("code");
  await exchangeCodes(person, home, pairing);
  await look("paired");
  await page.getByRole("button", { name: words.pairingEnd.write }).click();
  await home.say("Bonjour **Nadia**, voici le `plan` : https://exemple.fr/plan");
  await home.say(`\`\`\`\n${"a line of code that is much wider than any bubble ".repeat(5)}\n\`\`\``);
  await expect(message(person, home.name, "Bonjour")).toBeVisible();
  await page.getByLabel(words.composer.field(home.name)).fill("Merci !");
  await page.keyboard.press("Enter");
  await whenTexts(home, 3);
  await look("thread");
  await page.getByRole("button", { name: words.thread.more }).click();
  await look("thread menu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("jump");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: home.name }).last().click();
  await expect(page.getByRole("heading", { name: words.contact.title })).toBeVisible();
  await look("contact");
  await lookAtGroups(look);
  for (const path of ["/new", "/accept", "/nowhere", "/"]) {
    await visit(person, path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await look(path);
  }
  for (const path of SETTINGS) {
    await visit(person, `/settings${path}`);
    await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
    await look(`settings${path}`);
  }
  await visit(person, "/settings/storage");
  await page.getByRole("button", { name: words.storage.erase }).click();
  await look("erase");
  await page.keyboard.press("Escape");
  await page.evaluate(() => {
    const profiles = [{ id: "first" }, { id: "0badcafe", label: "Conseil" }];
    localStorage.setItem("pli.profiles", JSON.stringify({ profiles, last: "first" }));
  });
  await page.goto(`${store.origin}/settings/profiles`);
  await expect(page.getByRole("button", { name: words.profiles.remove })).toBeVisible();
  await look("two profiles");
  await page.getByRole("button", { name: words.profiles.switch }).press("Enter");
  await expect(page.getByRole("menuitem", { name: "Conseil" })).toBeVisible();
  await look("switch of profiles");
  await page.keyboard.press("Escape");
  await setPassphrase("quatre mots au hasard");
  await look("lock set");
  await visit(person, "/settings/duress");
  await look("duress passphrase, before it is confirmed");
  await page.getByRole("textbox", { name: words.lock.field, exact: true }).fill("quatre mots au hasard");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(words.duress.name)).toBeVisible();
  await page.getByRole("button", { name: words.duress.set }).press("Enter");
  await look("duress passphrase");
  await visit(person, "/settings/lock");
  await page.getByRole("button", { name: words.lock.now }).click();
  await expect(page.getByRole("heading", { name: words.lock.screenTitle })).toBeVisible();
  await page.getByLabel(words.lock.field).fill("pas la bonne");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await look("locked");

  expect(found).toEqual([]);
  expect(person.complaints).toEqual([]);
});

async function lookAtGroups(look: (screen: string) => Promise<void>): Promise<void> {
  const { page, words } = person;
  await visit(person, "/new/group");
  await page.getByLabel(words.group.name, { exact: true }).fill("Conseil de jeudi");
  await page.getByRole("checkbox", { name: home.name }).check();
  await look("new group");
  await page.getByRole("button", { name: words.group.createWith(1) }).click();
  const conversation = await whenInGroup(home, "Conseil de jeudi");
  await home.api.sendText({ conversation, text: "Bonjour" });
  await expect(message(person, "Conseil de jeudi", "Bonjour")).toBeVisible();
  await look("group thread");
  const group = new URL(page.url()).pathname;
  await page.getByTitle(words.group.about("Conseil de jeudi")).click();
  await expect(page.getByRole("heading", { name: words.group.members.title })).toBeVisible();
  await look("group");
  await page.getByRole("button", { name: words.group.members.actions(home.name) }).click();
  await look("member menu");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: words.group.leave.do }).click();
  await look("leaving");
  await page.keyboard.press("Escape");
  for (const part of ["add", "edit", "rules", "history"]) {
    await visit(person, `${group}/group/${part}`);
    await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
    await look(`group ${part}`);
  }
}

async function setPassphrase(passphrase: string): Promise<void> {
  const { page, words } = person;
  await visit(person, "/settings/lock");
  await page.getByRole("radio", { name: words.lock.passphrase }).check();
  await page.getByLabel(words.lock.new, { exact: true }).fill(passphrase);
  await page.getByLabel(words.lock.again).fill(passphrase);
  await page.getByRole("button", { name: words.lock.set }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeVisible();
}

test("A locked device opens with its passphrase only", async () => {
  const { page, words } = person;
  await makeProfile(person, store.origin, "Nadia Benali");
  await setPassphrase("quatre mots au hasard");
  await page.reload();
  const field = page.getByLabel(words.lock.field);
  await field.fill("quatre mots au hasar");
  await page.getByRole("button", { name: words.lock.open }).click();
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await field.fill("quatre mots au hasard");
  await page.getByRole("button", { name: words.lock.open }).click();
  await expect(page.getByRole("heading", { name: words.lock.title })).toBeVisible();
});

/** Presses Tab until the focus is on what is wanted; a person would give up after some fifty. */
async function tabTo(role: "button" | "link" | "textbox" | "searchbox", name: string): Promise<void> {
  const target = person.page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 50; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`${role} "${name}" is not to be reached with Tab`);
}

test("From the first page to an answered message with nothing but a keyboard", async () => {
  const { page, words } = person;
  const keys = page.keyboard;
  await page.goto(store.origin);
  await expect(page.getByLabel(words.start.name)).toBeFocused();
  await keys.type("Nadia Benali");
  await keys.press("Enter");
  await tabTo("button", words.pair.invite);
  await keys.press("Enter");
  const link = page.getByLabel(words.invite.link);
  await expect(link).toHaveValue(/\/i#/u);

  const pairing = await acceptAtHome(home, await link.inputValue());
  const view = await whenLive(home.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  await home.api.typeCode({ pairing, digits: await digitsOf(person) });
  await tabTo("textbox", words.code.type(home.name));
  await keys.type(view?.say ?? "");
  await keys.press("Enter");
  await tabTo("button", words.pairingEnd.write);
  await keys.press("Enter");

  await tabTo("textbox", words.composer.field(home.name));
  await keys.type("Écrit sans souris.");
  await keys.press("Enter");
  expect(await whenTexts(home, 1)).toEqual(["Écrit sans souris."]);
  await home.say("Bien reçu.");
  await expect(message(person, home.name, "Bien reçu.")).toBeVisible();

  await page.goto(store.origin);
  await tabTo("searchbox", words.list.search);
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await expect(message(person, home.name, "Bien reçu.")).toBeVisible();
  await keys.press("Control+k");
  await keys.type("cam");
  await keys.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("heading", { name: home.name })).toBeVisible();
});

test("Blocking a contact says what it means, and can be taken back", async () => {
  const { page, words } = person;
  await makeProfile(person, store.origin, "Nadia Benali");
  await meet(person, home);
  await page.getByRole("link", { name: home.name }).last().click();
  await page.getByRole("button", { name: words.contact.block }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: words.contact.block }).click();
  await expect(page.getByText(words.contact.blocked)).toBeVisible();
  await page.getByRole("button", { name: words.contact.unblock }).click();
  await expect(page.getByText(words.contact.blocked)).toBeHidden();
});
