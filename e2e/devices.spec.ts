import { expect, test } from "@playwright/test";
import { makeProfile, message, say } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { addDevice, deviceDigitsOf, finishLinking, showDeviceLink, typeDeviceDigits } from "./lib/linking.ts";
import { meet } from "./lib/meeting.ts";

const PHONE = { viewport: { width: 390, height: 844 }, touch: true } as const;

const scene = sceneOfEachTest();

test("a second browser becomes one of Camille's devices: both hear Bob, and what one writes the other shows", async () => {
  const [camille, phone] = [await scene.openBrowser(), await scene.openBrowser({ ...PHONE, language: "en" })];
  const bob = await scene.openHome("Bob");
  await makeProfile(camille, scene.store.origin, "Camille");
  await meet(camille, bob);
  const thread = camille.page.url();

  await addDevice(camille, await showDeviceLink(phone, scene.store.origin, "Phone"));
  await expect(camille.page.getByText(camille.words.devices.confirm("Phone"))).toBeVisible();
  const [old, fresh] = [await deviceDigitsOf(camille), await deviceDigitsOf(phone)];
  await typeDeviceDigits(camille, fresh);
  await typeDeviceDigits(phone, old);
  await finishLinking(camille, "Phone");
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
  const link = await showDeviceLink(other, scene.store.origin, "Portable");
  await camille.page.goto(link);
  await expect(camille.page.getByText(camille.words.devices.sent)).toBeVisible();
  expect(camille.page.url()).not.toContain("#");
  await expect(camille.page.getByLabel(camille.words.devices.field)).toHaveValue("");
});
