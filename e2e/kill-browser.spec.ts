import { spawn, type ChildProcess } from "node:child_process";
import { chromium, expect, test, type Page } from "@playwright/test";
import { dial, randomFrom, seedOfRun } from "@pli/testkit/dials";
import { CHROMIUM, makeProfile, message, openBrowser } from "./lib/browser.ts";
import { createHomePerson, whenTexts } from "./lib/homes.ts";
import { meet } from "./lib/meeting.ts";
import { freePort, startStoreProcess, temporaryFolder } from "./lib/store-process.ts";

const KILLS = dial("BROWSER_KILLS");
const MAX_WITHIN_MS = 6000;
/** Until something was written between two of them. */
const MORE_KILLS = 8;

test(`a browser killed at ${KILLS} random moments loses no message it had taken and sends none twice (PLI_SEED=${seedOfRun})`, async () => {
  test.setTimeout(300_000 + KILLS * 20_000);
  const store = await startStoreProcess();
  const folder = temporaryFolder("browser");
  const bob = await createHomePerson("Bob", store.origin);
  const camille = await openBrowser({ folder, language: "en", isWhole: true });
  await makeProfile(camille, store.origin, "Camille");
  await meet(camille, bob);
  const thread = camille.page.url();
  await camille.context.close();

  const taken: string[] = [];
  const random = randomFrom(seedOfRun);
  let withinMs = 600;
  for (let kill = 0; kill < KILLS || (taken.length === 0 && kill < KILLS + MORE_KILLS); kill++) {
    const shown = await writeUntilKilled({ folder, thread, kill, ms: 150 + random() * withinMs });
    // A busy machine needs longer until the first is shown.
    if (shown.length === 0) withinMs = Math.min(MAX_WITHIN_MS, 2 * withinMs);
    taken.push(...shown);
  }
  expect(taken.length, "it did write between the kills").toBeGreaterThan(KILLS / 10);

  const again = await openBrowser({ folder, language: "en", isWhole: true });
  await again.page.goto(thread);
  const last = `the last of all`;
  await again.page.getByLabel(again.words.composer.field("Bob")).fill(last);
  await again.page.getByRole("button", { name: again.words.composer.send }).click();
  await expect(message(again, "Bob", last)).toBeVisible();
  await expect.poll(async () => (await bob.texts()).at(-1), { timeout: 60_000 }).toBe(last);
  const arrived = await whenTexts(bob, 1);
  expect(new Set(arrived).size).toBe(arrived.length);
  const all = new Set(arrived);
  expect(taken.filter((text) => !all.has(text))).toEqual([]);
  expect((await bob.messages()).filter(({ body }) => body.kind === "gap")).toEqual([]);
  await again.context.close();
  await bob.close();
  await store.stop();
});

/**
 * Writes one message after another in a real browser until it is killed; gives those that it showed
 * as kept.
 */
async function writeUntilKilled(options: {
  readonly folder: string;
  readonly thread: string;
  readonly kill: number;
  readonly ms: number;
}): Promise<string[]> {
  const { folder, thread, kill, ms } = options;
  const { child, page } = await startBrowser(folder, thread);
  const composer = page.getByRole("textbox").last();
  await composer.waitFor();
  const over = new Promise<void>((resolve) => {
    setTimeout(() => {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      resolve();
    }, ms);
  });
  const taken: string[] = [];
  const writing = writeOn(page, kill, taken).catch(() => undefined);
  await Promise.all([over, writing, new Promise((resolve) => child.once("exit", resolve))]);
  return taken;
}

async function writeOn(page: Page, kill: number, taken: string[]): Promise<void> {
  const composer = page.getByRole("textbox").last();
  for (let n = 0; ; n++) {
    const text = `kill ${kill} message ${n}.`;
    await composer.fill(text);
    await composer.press("Enter");
    await page.getByRole("article").filter({ hasText: text }).waitFor();
    taken.push(text);
  }
}

/** A browser as a process group of its own, so that all of it dies at once. */
async function startBrowser(folder: string, url: string): Promise<{ child: ChildProcess; page: Page }> {
  const port = await freePort();
  const child = spawn(
    CHROMIUM,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      `--remote-debugging-port=${port}`,
      `--user-data-dir=${folder}`,
      "about:blank",
    ],
    { detached: true, stdio: "ignore" },
  );
  const browser = await connectTo(port);
  const context = browser.contexts()[0];
  if (context === undefined) throw new Error("the browser has no context");
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(url);
  return { child, page };
}

async function connectTo(port: number) {
  for (let tries = 0; ; tries++) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
