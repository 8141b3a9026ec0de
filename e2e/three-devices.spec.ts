import { expect, test } from "@playwright/test";
import { message, say, visit, type Person } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";
import { addDevice, deviceDigitsOf, finishLinking, showDeviceLink, typeDeviceDigits } from "./lib/linking.ts";
import { runPli, startPli, type PliProcess } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const scene = sceneOfEachTest();

test("a browser links a terminal and a second browser, and the day is the same on all three", async () => {
  const { camille, bob, thread } = await meetBob(scene);
  const day: string[] = [];
  for (const n of [1, 2, 3]) {
    await say(camille, "Bob", `Question ${n}`);
    await bob.say(`Answer ${n}`);
    await expect(message(camille, "Bob", `Answer ${n}`)).toBeVisible();
    day.push(`Question ${n}`, `Answer ${n}`);
  }

  // What was said before comes with the devices.
  const phone = await scene.openBrowser({ language: "en" });
  await linkBrowser(camille, phone);
  const home = await linkTerminal(camille);
  const pli = (...args: string[]) => runPli(home, scene.store.origin, ...args);
  await row(phone).click();
  await expect(message(phone, "Bob", "Question 1")).toBeVisible();
  await expect.poll(() => transcriptOf(phone)).toEqual(day);
  await expect.poll(() => told(pli), { timeout: 30_000 }).toEqual(day);

  // What is read on one is read on the others.
  await visit(phone, "/");
  await visit(camille, "/");
  await bob.say("At what time?");
  for (const person of [camille, phone]) await expect(row(person)).toContainText(person.words.list.unread(1));
  await row(phone).click();
  await expect(message(phone, "Bob", "At what time?")).toBeVisible();
  await expect(row(camille)).not.toContainText(camille.words.list.unread(1));

  // What one writes the others show, and what is muted on one is muted on all.
  await pli("send", "Bob", "At noon");
  await pli("mute", "Bob");
  await visit(camille, new URL(thread).pathname);
  day.push("At what time?", "At noon");
  for (const person of [camille, phone]) {
    await expect.poll(() => transcriptOf(person)).toEqual(day);
    await visit(person, "/");
    await expect(row(person).getByLabel(person.words.list.muted)).toBeVisible();
  }
  await expect.poll(() => told(pli), { timeout: 30_000 }).toEqual(day);

  async function transcriptOf({ page, words }: Person): Promise<string[]> {
    const articles = await page
      .getByRole("log", { name: words.thread.log("Bob") })
      .getByRole("article")
      .allInnerTexts();
    return articles.map((article) => article.split("\n").find((line) => SAID.test(line)) ?? article);
  }
});

const SAID = /^(?:Question \d|Answer \d|At what time\?|At noon)$/u;

const row = ({ page }: Person) => page.getByRole("link", { name: /Bob/u }).first();

async function told(pli: (...args: string[]) => ReturnType<typeof runPli>): Promise<string[]> {
  const events = await pli("messages", "Bob");
  return events.flatMap(({ event, text }) => (event === "message" ? [String(text)] : []));
}

async function linkBrowser(old: Person, fresh: Person): Promise<void> {
  await addDevice(old, await showDeviceLink(fresh, scene.store.origin, "Phone"));
  const [ours, theirs] = [await deviceDigitsOf(old), await deviceDigitsOf(fresh)];
  await typeDeviceDigits(old, theirs);
  await typeDeviceDigits(fresh, ours);
  await finishLinking(old, "Phone");
}

/** Gives the home of the terminal. */
async function linkTerminal(old: Person): Promise<string> {
  const home = temporaryFolder("console");
  const link: PliProcess = startPli(home, scene.store.origin, "init", "--link", "--name", "Console");
  await addDevice(old, String((await link.next("link"))["link"]));
  const digits = await deviceDigitsOf(old);
  await typeDeviceDigits(old, String((await link.next("code"))["say"]));
  link.type(digits);
  await link.next("linked");
  await finishLinking(old, "Console");
  expect(await link.ended).toBe(0);
  return home;
}
