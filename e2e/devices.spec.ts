import { expect, test } from "@playwright/test";
import { makeProfile, message, say, type Person } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { meet } from "./lib/meeting.ts";

const PHONE = { viewport: { width: 390, height: 844 }, touch: true } as const;

const scene = sceneOfEachTest();

/** On a browser that is nobody's yet: its link. */
async function showLink({ page, words }: Person, store: string, name: string): Promise<string> {
  await page.goto(store);
  await page.getByRole("button", { name: words.devices.here }).click();
  await page.getByLabel(words.devices.hereName).fill(name);
  await page.getByRole("button", { name: words.devices.hereGo }).click();
  const link = page.getByLabel(words.devices.link);
  await expect(link).toHaveValue(/\/d#/u);
  return link.inputValue();
}

async function addDevice({ page, words }: Person, link: string): Promise<void> {
  await page.getByRole("link", { name: words.settings.title }).first().click();
  await page.getByRole("link", { name: words.settings.devices }).click();
  await page.getByRole("button", { name: words.devices.add }).click();
  await page.getByLabel(words.devices.field).fill(link);
  await page.getByRole("button", { name: words.devices.go }).click();
}

async function digitsOf({ page, words }: Person): Promise<string> {
  const shown = page.getByRole("img", { name: words.devices.code.sayLabel("") });
  await expect(shown).toBeVisible();
  return (await shown.innerText()).replaceAll(/\D/gu, "");
}

async function typeOther(person: Person, digits: string): Promise<void> {
  const { page, words } = person;
  await page.getByLabel(words.devices.code.type("")).fill(digits);
  await page.getByRole("button", { name: words.devices.code.check }).click();
}

test("a second browser becomes one of Camille's devices: both hear Bob, and what one writes the other shows", async () => {
  const [camille, phone] = [await scene.openBrowser(), await scene.openBrowser({ ...PHONE, language: "en" })];
  const bob = await scene.openHome("Bob");
  await makeProfile(camille, scene.store.origin, "Camille");
  await meet(camille, bob);
  const thread = camille.page.url();

  const link = await showLink(phone, scene.store.origin, "Phone");
  await addDevice(camille, link);
  await expect(camille.page.getByText(camille.words.devices.confirm("Phone"))).toBeVisible();
  const [old, fresh] = [await digitsOf(camille), await digitsOf(phone)];
  await typeOther(camille, fresh);
  await typeOther(phone, old);
  await expect(camille.page.getByRole("heading", { name: camille.words.devices.done("Phone") })).toBeVisible();
  await camille.page.getByRole("button", { name: camille.words.devices.doneGo }).click();
  await expect(camille.page.getByText("Phone", { exact: true })).toBeVisible();

  await phone.page.getByRole("link", { name: /Bob/u }).click();
  await bob.say("Are you there?");
  await expect(message(phone, "Bob", "Are you there?")).toBeVisible();
  await say(phone, "Bob", "Written on the phone");
  await camille.page.goto(thread);
  await expect(message(camille, "Bob", "Are you there?")).toBeVisible();
  await expect(message(camille, "Bob", "Written on the phone")).toBeVisible();

  // The phone is stolen: by her words Camille shuts it out.
  await camille.page.goto(new URL("/settings/recovery", camille.page.url()).href);
  await camille.page.getByRole("button", { name: camille.words.recovery.show }).click();
  const shown = camille.page.getByRole("list", { name: camille.words.recovery.list }).getByRole("listitem");
  await expect(shown).toHaveCount(19);
  const words = (await shown.allInnerTexts()).join(" ");
  await camille.page.goto(new URL("/settings/devices", camille.page.url()).href);
  await camille.page.getByRole("button", { name: camille.words.devices.actions("Phone") }).click();
  await camille.page.getByRole("menuitem", { name: camille.words.devices.stolen }).click();
  await camille.page.getByLabel(camille.words.recovery.field).fill(words);
  await camille.page.getByRole("button", { name: camille.words.devices.stolenGo }).click();
  await expect(camille.page.getByText(camille.words.devices.stolenDone("Phone", 0))).toBeVisible();
  const stolen = phone.page.url();
  await phone.page.goto(new URL("/settings/devices", stolen).href);
  await expect(phone.page.getByText(phone.words.devices.goneStolen)).toBeVisible();
  await bob.say("For Camille alone");
  await camille.page.goto(thread);
  await expect(message(camille, "Bob", "For Camille alone")).toBeVisible();
  await phone.page.goto(stolen);
  await expect(message(phone, "Bob", "Are you there?")).toBeVisible();
  await expect(message(phone, "Bob", "For Camille alone")).toHaveCount(0);
});

test("a link of a device that is opened as an address adds nothing", async () => {
  const [camille, other] = [await scene.openBrowser(), await scene.openBrowser()];
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await showLink(other, scene.store.origin, "Portable");
  await camille.page.goto(link);
  await expect(camille.page.getByText(camille.words.devices.sent)).toBeVisible();
  expect(camille.page.url()).not.toContain("#");
  await expect(camille.page.getByLabel(camille.words.devices.field)).toHaveValue("");
});
