/**
 * A second start: from the navigation to a conversation until its composer takes the first letter,
 * in a browser that has a profile and keeps the app; cold is a new browser process, warm a reload.
 * Beside it, in the same browser and the same run, an empty page of the same store. Needs a build
 * of apps/web.
 */
import type { Page } from "@playwright/test";
import { makeProfile, openBrowser, type Person } from "../e2e/lib/browser.ts";
import { createHomePerson } from "../e2e/lib/homes.ts";
import { meet } from "../e2e/lib/meeting.ts";
import { startStoreProcess, temporaryFolder } from "../e2e/lib/store-process.ts";
import { median, rounded, type Measurement } from "./measure.ts";

const RUNS = 7;
const MESSAGES = 50;
/** Answered by the store itself, a few bytes. */
const EMPTY = "/livez";

interface Times {
  cold: number[];
  warm: number[];
}

export async function run(): Promise<Measurement[]> {
  const store = await startStoreProcess();
  const folder = temporaryFolder("browser");
  const thread = await prepare(store.origin, folder);
  const app: Times = { cold: [], warm: [] };
  const empty: Times = { cold: [], warm: [] };
  for (let n = 0; n < RUNS; n++) {
    await measure(empty, folder, (page) => untilShown(page, () => page.goto(store.origin + EMPTY)), untilReloaded);
    await measure(
      app,
      folder,
      (page) => untilWritable(page, () => page.goto(thread)),
      (page) => untilWritable(page, () => page.reload()),
    );
  }
  await store.stop();
  return [...figures("conversation, composer ready", app), ...figures("empty page of the same store", empty)];
}

/**
 * A profile with a conversation of some messages, in a browser that has kept the app; gives the
 * conversation's address.
 */
async function prepare(origin: string, folder: string): Promise<string> {
  const bob = await createHomePerson("Bob", origin);
  const person = await openBrowser({ folder });
  await makeProfile(person, origin, "Camille");
  await meet(person, bob);
  for (let n = 0; n < MESSAGES; n++) await bob.say(`message ${n}`);
  await person.page
    .getByText(`message ${MESSAGES - 1}`, { exact: true })
    .last()
    .waitFor();
  await person.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const thread = person.page.url();
  await person.context.close();
  await bob.close();
  return thread;
}

type Step = (page: Page) => Promise<number>;

async function measure(times: Times, folder: string, cold: Step, warm: Step): Promise<void> {
  const { context, page }: Person = await openBrowser({ folder });
  times.cold.push(await cold(page));
  times.warm.push(await warm(page));
  await context.close();
}

async function untilWritable(page: Page, go: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await go();
  const composer = page.getByRole("textbox").last();
  await composer.pressSequentially("a");
  const time = performance.now() - from;
  await composer.fill("");
  return time;
}

async function untilShown(page: Page, go: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await go();
  await page.locator("body").waitFor();
  return performance.now() - from;
}

const untilReloaded: Step = (page) => untilShown(page, () => page.reload());

const figures = (subject: string, { cold, warm }: Times): Measurement[] =>
  Object.entries({ "cold p50": cold, "warm p50": warm }).map(([metric, values]) => ({
    bench: "page",
    subject,
    metric,
    value: rounded(median(values)),
    unit: "ms",
  }));
