import { expect, test, type Page } from "@playwright/test";
import { crash, message, say, type Person } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";
import { whenTexts, type HomePerson } from "./lib/homes.ts";

/** What is typed and what was sent, over the ends of pages: never lost, and never there again. */
const scene = sceneOfEachTest();
let bob: HomePerson;
let camille: Person;
let thread: string;

test.beforeEach(async () => {
  ({ camille, bob, thread } = await meetBob(scene));
});

const field = ({ page, words }: Person) => page.getByLabel(words.composer.field("Bob"));

async function openTab(): Promise<Person> {
  const page = await camille.context.newPage();
  await page.goto(thread);
  const tab = { ...camille, page };
  await expect(field(tab)).toBeVisible();
  return tab;
}

test("what was sent is not in the composer any more, when the tab is closed right after", async () => {
  await field(camille).fill("Meet me at nine");
  await camille.page.waitForTimeout(1_000);
  await field(camille).press("Enter");
  await whenTexts(bob, 1);
  await camille.page.close();
  camille = await openTab();
  await expect(message(camille, "Bob", "Meet me at nine")).toHaveCount(1);
  await expect(field(camille)).toHaveValue("");
});

for (const [how, end] of [
  ["closed", (page: Page) => page.close()],
  ["loaded again", (page: Page) => page.reload()],
] as const) {
  test(`what was typed in the last moment before the tab is ${how} is still there`, async () => {
    await field(camille).pressSequentially("Half a thought", { delay: 5 });
    await end(camille.page);
    if (camille.page.isClosed()) camille = await openTab();
    await expect(field(camille)).toHaveValue("Half a thought");
  });
}

test("a tab that is killed loses at most the last moment of what was typed", async () => {
  const other = await openTab();
  await field(camille).pressSequentially("A whole thought", { delay: 20 });
  await camille.page.waitForTimeout(400);
  await crash(camille.page);
  camille = other;
  await expect(field(camille)).toHaveValue("A whole thought");
});

test("of a text that is sent as the tab is killed there is one: among the messages or in the composer", async () => {
  const other = await openTab();
  for (const [round, ms] of [0, 5, 15, 40, 100].entries()) {
    const text = `Number ${round}`;
    const tab = await openTab();
    await field(tab).fill(text);
    await tab.page.waitForTimeout(500);
    await field(tab).press("Enter");
    await tab.page.waitForTimeout(ms);
    await crash(tab.page);
    await expect
      .poll(
        async () => (await message(other, "Bob", text).count()) + ((await field(other).inputValue()) === text ? 1 : 0),
      )
      .toBe(1);
    await field(other).fill("");
    await other.page.waitForTimeout(500);
  }
  await camille.page.close();
  camille = other;
});

test("two tabs on one conversation show one draft; where somebody types nothing is taken away", async () => {
  const second = await openTab();
  await field(camille).fill("Begun here");
  await expect(field(second)).toHaveValue("Begun here");
  await field(second).pressSequentially(", gone on there");
  await expect(field(camille)).toHaveValue("Begun here, gone on there");
  await field(camille).press("Enter");
  await expect(field(second)).toHaveValue("");
  await expect(message(second, "Bob", "Begun here, gone on there")).toHaveCount(1);
  await second.page.reload();
  await expect(field(second)).toHaveValue("");
});

test("what is typed while the server is away is there after a reload, and leaves when it is back", async () => {
  await scene.store.kill();
  await say(camille, "Bob", "Written off line");
  await field(camille).fill("    and begun");
  await camille.page.reload();
  await expect(field(camille)).toHaveValue("    and begun");
  await expect(message(camille, "Bob", "Written off line")).toHaveCount(1);
  await scene.store.start();
  expect(await whenTexts(bob, 1)).toEqual(["Written off line"]);
  camille.complaints.length = 0;
});

test("what is typed as another tab locks the device is there when it is unlocked", async () => {
  const { words } = camille;
  const passphrase = "quatre mots au hasard";
  const other = await openTab();
  await other.page.goto(`${scene.store.origin}/settings/lock`);
  await other.page.getByRole("radio", { name: words.lock.passphrase }).check();
  await other.page.getByLabel(words.lock.new, { exact: true }).fill(passphrase);
  await other.page.getByLabel(words.lock.again).fill(passphrase);
  await other.page.getByRole("button", { name: words.lock.set }).click();
  await field(camille).pressSequentially("Half a thought", { delay: 5 });
  await other.page.getByRole("button", { name: words.lock.now }).click();
  await camille.page.getByLabel(words.lock.field).fill(passphrase);
  await camille.page.getByRole("button", { name: words.lock.open }).click();
  await expect(field(camille)).toHaveValue("Half a thought");
});
