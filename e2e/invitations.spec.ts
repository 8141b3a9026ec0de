import { expect, test } from "@playwright/test";
import { accept, digitsOf, invite, makeProfile, typeCode, typeCodes, visit, type Person } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";

const scene = sceneOfEachTest();

const wrong = (digits: string): string => String((Number(digits) + 1) % 10_000).padStart(4, "0");

const open = ({ page, words }: Person) => page.getByRole("region", { name: words.pair.open });

test("one's own link, opened in the same browser: it is explained, the invitation stays, and the guest can use it", async () => {
  const [camille, dana] = [await scene.openBrowser(), await scene.openBrowser()];
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await invite(camille);
  await accept(camille, link);
  const { page, words } = camille;
  await expect(page.getByText(words.invite.ownText)).toBeVisible();
  await expect(page.getByLabel(words.invite.link)).toHaveValue(link);
  await page.goto(scene.store.origin);
  await expect(open(camille).getByRole("link")).toHaveCount(1);
  // The guest's mail has broken the link.
  await makeProfile(dana, scene.store.origin, "Dana");
  await dana.page.goto(`${scene.store.origin}/accept`);
  await dana.page.getByLabel(dana.words.accept.field).fill(`<${link.slice(0, 40)} ${link.slice(40)}>`);
  await dana.page.getByRole("button", { name: dana.words.accept.go }).click();
  await open(camille).getByRole("link").click();
  await typeCodes(camille, "Camille", dana, "Dana");
  // Opened again, it leads to whom it was for.
  await accept(dana, link);
  await expect(dana.page.getByRole("heading", { name: dana.words.pairingEnd.done("Camille") })).toBeVisible();
});

test("one's own digits cost no try; the other side learns of three wrong ones on any page, and a line stays", async () => {
  const [camille, dana] = [await scene.openBrowser(), await scene.openBrowser({ language: "en" })];
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await invite(camille);
  await camille.page.getByLabel(camille.words.invite.name).fill("Dana de la compta");
  await visit(camille, "/settings");
  await expect(open(camille).getByRole("link")).toBeVisible();
  await accept(dana, link, "Dana");
  // The news goes by itself: it is looked for while the digits come.
  const news = camille.page.getByText(camille.words.pair.news.answered("Dana"));
  const [own] = await Promise.all([digitsOf(dana), expect(news).toBeVisible()]);
  await typeCode(dana, "Camille", own);
  await expect(dana.page.getByText("These are your own digits")).toBeVisible();
  await visit(camille, "/");
  await open(camille).getByRole("link").click();
  const right = await digitsOf(camille);
  await visit(camille, "/settings");
  await expect(open(camille).getByRole("link")).toBeVisible();
  for (const left of [2, 1]) {
    await typeCode(dana, "Camille", wrong(right));
    await expect(dana.page.getByText(dana.words.code.wrong(left))).toBeVisible();
  }
  const { page, words } = camille;
  const how = words.pairingEnd.ends.pairing_burned;
  const line = words.pair.ended("Dana de la compta", how);
  await typeCode(dana, "Camille", wrong(right));
  await Promise.all([
    expect(dana.page.getByRole("heading", { name: dana.words.pairingEnd.burned })).toBeVisible(),
    expect(page.getByText(words.pair.news.ended("Dana de la compta", how))).toBeVisible(),
  ]);
  await page.goto(scene.store.origin);
  await expect(page.getByText(line)).toBeVisible();
  await page.reload();
  await page.getByRole("link", { name: line }).click();
  await expect(page.getByRole("heading", { name: words.pairingEnd.burned })).toBeVisible();
  await page.getByRole("button", { name: words.pairingEnd.putAway }).click();
  await expect(open(camille)).toBeHidden();
});

test("without a server an invitation says what it waits for and when it tries again, and leaves once the server is back", async () => {
  const camille = await scene.openBrowser();
  const { page, words } = camille;
  await makeProfile(camille, scene.store.origin, "Camille");
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await scene.store.stop();
  await visit({ page }, "/new");
  await page.getByRole("button", { name: words.pair.invite }).click();
  await expect(page.getByText(words.invite.notLeft)).toBeVisible({ timeout: 20_000 });
  const banner = page.getByText(words.banner.offline);
  await expect(banner).toBeVisible();
  await expect(page.getByText(/Prochain essai dans \d+\ssecondes?\./u).first()).toBeVisible({ timeout: 20_000 });
  await expect(open(camille).getByText(words.pair.openNotLeft(""))).toBeVisible();
  await scene.store.start();
  // Somebody looks at the page again.
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(page.getByLabel(words.invite.link)).toHaveValue(/\/i#/u, { timeout: 5_000 });
  await expect(banner).toBeHidden();
});

test("half a link, or one without its end, says that it was cut off", async () => {
  const [camille, dana] = [await scene.openBrowser(), await scene.openBrowser()];
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await invite(camille);
  await makeProfile(dana, scene.store.origin, "Dana");
  for (const half of [link.slice(0, -9), `${scene.store.origin}/i`]) {
    await accept(dana, half);
    await expect(dana.page.getByText(/le lien d’invitation est incomplet/iu)).toBeVisible();
  }
});
