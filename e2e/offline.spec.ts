import { expect, test } from "@playwright/test";
import { beginAs, digitsOf, invite, makeProfile, message, openBrowser, say, type Person } from "./lib/browser.ts";
import { createHomePerson, whenTexts, type HomePerson } from "./lib/homes.ts";
import { meet } from "./lib/meeting.ts";
import { startStoreProcess, temporaryFolder, type StoreProcess } from "./lib/store-process.ts";
import { changePage, copyOfWebApp, forgePage } from "./lib/web-version.ts";

let web: string;
let store: StoreProcess;
let people: Person[] = [];
let homes: HomePerson[] = [];

const browser = async (): Promise<Person> => {
  const person = await openBrowser({ isWhole: true });
  people.push(person);
  return person;
};

const home = async (name: string): Promise<HomePerson> => {
  const person = await createHomePerson(name, store.origin);
  homes.push(person);
  return person;
};

test.beforeEach(async () => {
  web = copyOfWebApp();
  store = await startStoreProcess(temporaryFolder("store"), web);
});

test.afterEach(async () => {
  await Promise.all(people.map(({ context }) => context.close()));
  await Promise.all(homes.map((person) => person.close()));
  [people, homes] = [[], []];
  await store.kill();
});

/** Waits until the app is kept by the browser. */
const kept = ({ page }: Person) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });

test("the app can be installed, as the browser sees it", async () => {
  const { page, context } = await browser();
  await page.goto(store.origin);
  await kept({ page } as Person);
  const session = await context.newCDPSession(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  expect(installabilityErrors).toEqual([]);
  const { errors, data } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? "{}")).toMatchObject({ name: "Pli", display: "standalone", start_url: "/" });
});

test("without the store the app opens, what was read is there and found, and what is written leaves later in order", async () => {
  const [camille, bob] = [await browser(), await home("Bob")];
  await makeProfile(camille, store.origin, "Camille");
  await meet(camille, bob);
  await bob.say("Rendez-vous au pont Mirabeau");
  await expect(message(camille, "Bob", "Mirabeau")).toBeVisible();
  await kept(camille);
  await store.stop();

  const { page, words } = camille;
  await page.reload();
  await expect(message(camille, "Bob", "Mirabeau")).toBeVisible();
  const written = ["first", "second", "third"];
  for (const text of written) {
    await say(camille, "Bob", text);
    await expect(message(camille, "Bob", text)).toHaveAccessibleName(new RegExp(`${words.state.saved}$`, "u"));
  }
  await page.getByRole("searchbox", { name: words.list.search }).fill("mirabeau");
  await expect(page.getByRole("heading", { name: words.list.messages })).toBeVisible();
  await page.getByRole("link", { name: "Rendez-vous au pont Mirabeau" }).click();
  await expect(page).toHaveURL(/\?m=/u);
  await page.reload();
  await expect(message(camille, "Bob", "third")).toHaveAccessibleName(new RegExp(`${words.state.saved}$`, "u"));
  await expect(page.getByText(words.banner.offline)).toBeVisible();

  await store.start();
  // The app also tries by itself: either may come first.
  const again = page.getByRole("button", { name: words.banner.reconnect });
  await again.click({ timeout: 3_000 }).catch(() => expect(again).toBeHidden());
  await bob.api.reconnect();
  const arrived = await whenTexts(bob, 4);
  expect(arrived.filter((text) => written.includes(text))).toEqual(written);
  await expect(page.getByText(words.banner.offline)).toBeHidden();
});

const OLD = "Pli chiffre tout";
const NEW = "Pli Chiffre tout";

/** Which version of the page a tab shows. */
const versionOf = async ({ page }: Pick<Person, "page">) =>
  (await page.locator("noscript").textContent())?.includes(NEW) === true ? "new" : "old";

async function publish(change: typeof changePage): Promise<void> {
  await store.stop();
  change(web, OLD, NEW);
  await store.start();
}

test("a new version asks first: later keeps the present one, update puts the new one into every tab", async () => {
  const camille = await browser();
  const { page, words } = camille;
  await makeProfile(camille, store.origin, "Camille");
  await kept(camille);
  const second = { page: await camille.context.newPage() };
  await second.page.goto(store.origin);
  await publish(changePage);

  await page.reload();
  const notice = page.getByText(words.update.title);
  await expect(notice).toBeVisible();
  await expect(second.page.getByText(words.update.title)).toBeVisible();
  await page.getByRole("button", { name: words.update.later }).click();
  await expect(notice).toBeHidden();
  await page.goto(`${store.origin}/settings`);
  await expect(page.getByRole("heading", { name: words.settings.title })).toBeVisible();
  expect(await versionOf({ page })).toBe("old");
  await expect(notice).toBeVisible();

  await page.getByRole("button", { name: words.update.apply }).click();
  for (const tab of [camille, second]) await expect.poll(() => versionOf(tab)).toBe("new");
  await expect(page.getByRole("heading", { name: words.settings.title })).toBeVisible();
  await expect(notice).toBeHidden();
  await store.stop();
  await page.reload();
  expect(await versionOf({ page })).toBe("new");
});

test("a version with a byte that its own list does not know is never taken", async () => {
  const camille = await browser();
  const { page } = camille;
  await makeProfile(camille, store.origin, "Camille");
  await kept(camille);
  await publish(forgePage);
  await page.reload();
  const end = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const update = registration.update().catch(() => undefined);
    const worker = await new Promise<ServiceWorker | null>((resolve) => {
      if (registration.installing !== null) resolve(registration.installing);
      registration.addEventListener("updatefound", () => resolve(registration.installing));
    });
    await update;
    return new Promise((resolve) => {
      const look = () => {
        if (worker?.state === "redundant" || worker?.state === "installed") resolve(worker.state);
      };
      worker?.addEventListener("statechange", look);
      look();
    });
  });
  expect(end).toBe("redundant");
  await page.reload();
  expect(await versionOf({ page })).toBe("old");
});

test("an invitation opened by somebody new outlives a reload, and nothing of it stays", async () => {
  const [camille, dana] = [await browser(), await browser()];
  await makeProfile(camille, store.origin, "Camille");
  const link = await invite(camille);
  const secret = new URL(link).hash.slice(1);
  await dana.page.goto(link);
  await expect(dana.page.getByText(dana.words.start.invited)).toBeVisible();
  expect(dana.page.url()).not.toContain("#");
  await dana.page.reload();
  await expect(dana.page.getByText(dana.words.start.invited)).toBeVisible();
  await beginAs(dana, "Dana");
  await digitsOf(dana);
  await digitsOf(camille);
  const left = await dana.page.evaluate(() =>
    JSON.stringify([{ ...sessionStorage }, { ...localStorage }, history.state]),
  );
  expect(left).not.toContain(secret);
});

test("an invitation that is refused is gone after a reload", async () => {
  const [camille, dana] = [await browser(), await browser()];
  await makeProfile(camille, store.origin, "Camille");
  await makeProfile(dana, store.origin, "Dana");
  await dana.page.goto(await invite(camille));
  await dana.page.reload();
  await dana.page.getByRole("button", { name: dana.words.accept.refuse }).click();
  await dana.page.goto(`${store.origin}/accept`);
  await expect(dana.page.getByLabel(dana.words.accept.field)).toBeVisible();
  expect(await dana.page.evaluate(() => sessionStorage.length)).toBe(0);
});
