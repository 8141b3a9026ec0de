import { expect, test } from "@playwright/test";
import { makeProfile, message, say, visit, type Person } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { meet } from "./lib/meeting.ts";

const scene = sceneOfEachTest();

/** The words that this person's device shows. */
async function readWords({ page, words }: Person): Promise<string[]> {
  await visit({ page }, "/settings/recovery");
  await page.getByRole("button", { name: words.recovery.show }).click();
  const list = page.getByRole("list", { name: words.recovery.list }).getByRole("listitem");
  await expect(list).toHaveCount(19);
  return list.allInnerTexts();
}

async function typeWords({ page, words }: Person, typed: string, button: string): Promise<void> {
  await page.getByLabel(words.recovery.field).fill(typed);
  await page.getByRole("button", { name: button }).click();
}

test("words are written down, checked, and shown no more", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, scene.store.origin, "Camille");
  const shown = await readWords(camille);
  await page.getByRole("button", { name: words.recovery.next }).click();
  await typeWords(camille, [...shown.slice(1), shown[0]].join(" "), words.recovery.checkDo);
  await expect(page.getByRole("alert").filter({ hasText: /\S/u })).toBeVisible();
  await typeWords(camille, shown.join(" ").toUpperCase(), words.recovery.checkDo);
  await expect(page.getByText(words.recovery.rightText)).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: words.recovery.checkAgain })).toBeVisible();
  await expect(page.getByRole("button", { name: words.recovery.show })).toHaveCount(0);
});

test("the browser is lost: another one and the words are enough for Bob's next message to arrive", async () => {
  const camille = await scene.openBrowser();
  const bob = await scene.openHome("Bob");
  await makeProfile(camille, scene.store.origin, "Camille");
  await meet(camille, bob);
  const shown = await readWords(camille);
  await camille.page.getByRole("button", { name: camille.words.recovery.next }).click();
  await typeWords(camille, shown.join(" "), camille.words.recovery.checkDo);
  await expect(camille.page.getByText(camille.words.recovery.backedUp(""))).toBeVisible();
  await camille.context.close();

  const again = await scene.openBrowser({ language: "en" });
  const { page, words } = again;
  await page.goto(scene.store.origin);
  await page.getByRole("button", { name: words.recovery.have }).click();
  await typeWords(again, shown.join(" "), words.recovery.restoreDo);
  await page.getByRole("link", { name: /Bob/u }).click();
  await bob.say("Are you back?");
  await expect(message(again, "Bob", "Are you back?")).toBeVisible();
  await say(again, "Bob", "I am");
  await expect.poll(() => bob.texts()).toContain("I am");
});
