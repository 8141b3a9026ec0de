import { expect, test } from "@playwright/test";
import { makeProfile, openBrowser, type Person } from "./lib/browser.ts";
import { openConversation } from "./lib/groups.ts";
import { createHomePerson, whenLive, type HomePerson } from "./lib/homes.ts";
import { meet } from "./lib/meeting.ts";
import { startStoreProcess, type StoreProcess } from "./lib/store-process.ts";

const COUNT = 60;

let store: StoreProcess;
let home: HomePerson;
let person: Person;

test.beforeEach(async () => {
  store = await startStoreProcess();
  home = await createHomePerson("Bob", store.origin);
  person = await openBrowser();
});
test.afterEach(async () => {
  await person.context.close();
  await home.close();
  await store.kill();
});

const line = (number: number) => person.page.getByRole("main").getByText(`line ${number}.`, { exact: true });

test("a conversation opens at what is unread, or at the message a search led to, and stays there", async () => {
  const { page, words } = person;
  await makeProfile(person, store.origin, "Camille");
  await meet(person, home);
  await page.goto(`${store.origin}/settings`);
  for (let number = 1; number <= COUNT; number++) await home.say(`line ${number}.`);
  await expect(page.getByRole("navigation").getByText(words.list.unread(COUNT))).toBeAttached();

  await openConversation(person, "Bob");
  await expect(line(1)).toBeInViewport();
  await page.waitForTimeout(1000);
  await expect(line(1)).toBeInViewport();
  await expect(line(COUNT)).not.toBeInViewport();

  await page.goto(`${store.origin}/settings`);
  await openConversation(person, "Bob");
  await expect(line(1)).not.toBeInViewport();
  await expect(line(COUNT)).not.toBeInViewport();
  await page.getByTitle(words.thread.jumpLatest).click();
  await expect(line(COUNT)).toBeInViewport();
  await expect(page).toHaveTitle(/^[^(]/u);
  await page.goto(`${store.origin}/settings`);
  await openConversation(person, "Bob");
  await expect(line(COUNT)).toBeInViewport();
  await page.getByRole("searchbox", { name: words.list.search }).fill("line 30.");
  await page.getByRole("link", { name: "line 30." }).click();
  await expect(line(30)).toBeInViewport();
  await page.waitForTimeout(1000);
  await expect(line(30)).toBeInViewport();
  await expect(line(COUNT)).not.toBeInViewport();
});

test("a hit 1,200 messages back is shown, and the newest are a click away; what was led past is not read", async () => {
  test.setTimeout(240_000);
  const { page, words } = person;
  await makeProfile(person, store.origin, "Camille");
  await meet(person, home);
  await page.goto("about:blank");
  await home.say("the needle: meet at the lighthouse");
  for (let number = 1; number <= 1_200; number++) await home.say(`line ${number}.`);
  await whenLive(home.api, "status", {}, ({ pending }) => pending === 0);
  await page.goto(`${store.origin}/settings`);
  const unread = (count: number) => page.getByRole("navigation").getByText(words.list.unread(count));
  await expect(unread(1_201)).toBeAttached({ timeout: 180_000 });
  const needle = page.getByRole("article").filter({ hasText: "the needle" });
  await page.getByRole("searchbox", { name: words.list.search }).fill("line");
  await page.getByRole("link", { name: "line 1171." }).click();
  await expect(line(1_171)).toBeInViewport();
  await page.waitForTimeout(1000);
  await page.getByRole("searchbox", { name: words.list.search }).fill("");
  await expect(unread(1_201)).toBeAttached();
  await page.getByRole("searchbox", { name: words.list.search }).fill("lighthouse");
  await page.getByRole("link", { name: "the needle" }).click();
  await expect(needle).toBeInViewport();
  await page.waitForTimeout(1000);
  await expect(needle).toBeInViewport();
  await page.getByTitle(words.thread.jumpLatest).click();
  await expect(line(1_200)).toBeInViewport();
  await page.getByRole("searchbox", { name: words.list.search }).fill("");
  await expect(page).toHaveTitle(/^[^(]/u);
});
