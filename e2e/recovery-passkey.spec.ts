import { errorSentence } from "@pli/engine/words";
import { expect, test } from "@playwright/test";
import { makeProfile, message, visit, type Person } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { meet } from "./lib/meeting.ts";
import { addAuthenticator } from "./lib/passkeys.ts";

const scene = sceneOfEachTest({ isWhole: true });

/** Passkeys are for names, never for addresses of machines. */
const origin = () => scene.store.origin.replace("127.0.0.1", "localhost");

/** The page of somebody who has none of this site's data, before the same keeper of passkeys. */
async function emptyBrowser({ context, page }: Person): Promise<void> {
  await page.goto("about:blank");
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: origin(), storageTypes: "all" });
  await page.goto(origin());
}

async function restore({ page, words }: Person): Promise<void> {
  await page.getByRole("button", { name: words.recovery.passkey.have }).click();
  await page.getByRole("button", { name: words.recovery.passkey.use }).click();
}

const isStored = ({ page, words }: Person) =>
  expect(page.getByText(words.recovery.passkey.until("§").split("§")[0] ?? "")).toBeVisible();

test("a passkey is made, and brings a lost browser back to its contacts without a word", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  const bob = await scene.openHome("Bob");
  await makeProfile(camille, origin(), "Camille");
  await meet(camille, bob);
  await addAuthenticator(camille);
  await visit({ page }, "/settings/recovery");
  await page.getByRole("button", { name: words.recovery.passkey.make }).click();
  await isStored(camille);
  await expect(page.getByText(words.recovery.backedUp(""))).toBeVisible();

  await emptyBrowser(camille);
  await restore(camille);
  await page.getByRole("link", { name: /Bob/u }).click();
  await bob.say("Are you back?");
  await expect(message(camille, "Bob", "Are you back?")).toBeVisible();
  await visit({ page }, "/settings/recovery");
  await isStored(camille);
});

test("who has checked the words makes the copy, removes it, and the words remain", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, origin(), "Camille");
  await addAuthenticator(camille);
  await visit({ page }, "/settings/recovery");
  await page.getByRole("button", { name: words.recovery.show }).click();
  const list = page.getByRole("list", { name: words.recovery.list }).getByRole("listitem");
  await expect(list).toHaveCount(19);
  const shown = (await list.allInnerTexts()).join(" ");
  await page.getByRole("button", { name: words.recovery.next }).click();
  await page.getByLabel(words.recovery.field).fill(shown);
  await page.getByRole("button", { name: words.recovery.checkDo }).click();
  await expect(page.getByText(words.recovery.rightText)).toBeVisible();

  await page.reload();
  await page.getByRole("button", { name: words.recovery.passkey.make }).click();
  await page.getByLabel(words.recovery.field).fill(shown);
  await page.getByRole("button", { name: words.recovery.checkDo, exact: true }).click();
  await page.getByRole("button", { name: words.recovery.passkey.create }).click();
  await isStored(camille);
  await page.getByRole("button", { name: words.recovery.passkey.remove }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: words.recovery.passkey.remove }).click();
  await expect(page.getByText(words.recovery.passkey.removed("§").split("§")[0] ?? "")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: words.recovery.checkAgain })).toBeVisible();
  await expect(page.getByRole("button", { name: words.recovery.passkey.make })).toBeVisible();
});

test("a passkey that keeps no secret makes no copy", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, origin(), "Camille");
  await addAuthenticator(camille, { hasPrf: false });
  await visit({ page }, "/settings/recovery");
  await page.getByRole("button", { name: words.recovery.passkey.make }).click();
  await expect(page.getByText(errorSentence("fr", "passkey_without_secret"))).toBeVisible();
});

test("a passkey that is declined, and one of a lock, bring nothing back", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, origin(), "Camille");
  const authenticator = await addAuthenticator(camille);
  await visit({ page }, "/settings/lock");
  await page.getByRole("radio", { name: words.lock.passkey }).check();
  await page.getByRole("button", { name: words.lock.set }).click();
  await expect(page.getByRole("button", { name: words.lock.now })).toBeVisible();
  await emptyBrowser(camille);
  await restore(camille);
  await expect(page.getByText(errorSentence("fr", "passkey_copy_not_found"))).toBeVisible();
  await authenticator.ownerIs(false);
  await page.getByRole("button", { name: words.recovery.passkey.use }).click();
  await expect(page.getByText(errorSentence("fr", "passkey_unanswered"))).toBeVisible();
});
