import { expect, test, type Page } from "@playwright/test";
import { crash, message, say, type Person } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";
import { whenTexts, type HomePerson } from "./lib/homes.ts";

const scene = sceneOfEachTest();
let bob: HomePerson;
let camille: Person;
let thread: string;

test.beforeEach(async () => {
  ({ camille, bob, thread } = await meetBob(scene));
});

/** One more tab of the same browser, at an address. */
async function openTab(url: string): Promise<Person> {
  const page = await camille.context.newPage();
  await page.goto(url);
  return { ...camille, page };
}

const shows = (tab: Person, text: string) => expect(message(tab, "Bob", text)).toHaveCount(1);

/** What the list says waits to be read, in words. */
const unread = ({ page, words }: Person, count: number) =>
  expect(page.getByRole("navigation", { name: words.list.title }).getByText(words.list.unread(count))).toBeAttached();

test("what arrives shows in every tab, what is written in one shows in the others, and the counts agree", async () => {
  const [second, list] = [await openTab(thread), await openTab(`${scene.store.origin}/settings`)];
  await bob.say("From Bob");
  for (const tab of [camille, second]) await shows(tab, "From Bob");
  await say(second, "Bob", "From the second tab");
  await shows(camille, "From the second tab");
  await expect(list.page.getByRole("link", { name: "From the second tab" })).toBeVisible();
  await expect.poll(async () => (await whenTexts(bob, 2)).length).toBe(2);

  for (const tab of [camille, second]) await tab.page.goto(`${scene.store.origin}/settings`);
  await bob.say("One");
  await bob.say("Two");
  for (const tab of [camille, second, list]) {
    await unread(tab, 2);
    await expect(tab.page).toHaveTitle(/^\(2\) /u);
  }
  await second.page.goto(thread);
  for (const tab of [camille, list]) {
    await expect(tab.page.getByText(tab.words.list.unread(2))).toHaveCount(0);
    await expect(tab.page).not.toHaveTitle(/^\(/u);
  }
});

for (const [how, end] of [
  ["closed", (page: Page) => page.close()],
  ["killed", crash],
] as const) {
  test(`when the leading tab is ${how} the others go on, and nothing is lost or doubled`, async () => {
    const [second, third] = [await openTab(thread), await openTab(thread)];
    await say(camille, "Bob", "before");
    await shows(third, "before");
    await say(second, "Bob", "meanwhile");
    await end(camille.page);
    await bob.say("after");
    await shows(second, "after");
    await say(third, "Bob", "answer");
    for (const tab of [second, third])
      for (const text of ["before", "meanwhile", "after", "answer"]) await shows(tab, text);
    expect((await whenTexts(bob, 4)).toSorted()).toEqual(["after", "answer", "before", "meanwhile"]);
  });
}

test("ten tabs opened and closed at once leave one engine that works", async () => {
  for (let round = 0; round < 10; round++) {
    const page = await camille.context.newPage();
    await page.goto(thread, { waitUntil: "commit" });
    await page.close();
  }
  await say(camille, "Bob", "still here");
  expect(await whenTexts(bob, 1)).toEqual(["still here"]);
  const pages = await Promise.all(Array.from({ length: 10 }, () => camille.context.newPage()));
  await Promise.all(pages.map((page) => page.goto(thread, { waitUntil: "commit" })));
  await Promise.all([camille.page.close(), ...pages.slice(1).map((page) => page.close())]);
  const last = { ...camille, page: pages[0] ?? camille.page };
  await shows(last, "still here");
  await bob.say("and you");
  await shows(last, "and you");
  await say(last, "Bob", "me too");
  expect(await whenTexts(bob, 3)).toEqual(["still here", "and you", "me too"]);
});
