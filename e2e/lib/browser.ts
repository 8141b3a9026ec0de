import { chromium, expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { wordsOf, type Language, type Words } from "../../apps/web/src/words/index.ts";
import { temporaryFolder } from "./store-process.ts";

/** Debian's Chromium, whole. */
export const CHROMIUM = process.env["PLI_CHROMIUM"] ?? "/usr/bin/chromium";
/** The same engine without a window: it takes a quarter less of the processor. */
const CHROMIUM_SHELL =
  process.env["PLI_CHROMIUM_SHELL"] ?? process.env["PLI_CHROMIUM"] ?? "/usr/bin/chromium-headless-shell";
const ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
/**
 * V8 compiles WebAssembly a second time to make it faster: no test lasts long enough to gain by it,
 * and a page load takes a quarter less of the processor. The whole browser does as it does for
 * people.
 */
const COMPILED_ONCE = "--js-flags=--liftoff-only";

/**
 * A person before a browser of their own: a profile folder nobody else uses, one page, one
 * language.
 */
export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly words: Words;
  /**
   * What the console complained about: a refusal by the policy of the store is a fault of the app.
   */
  readonly complaints: string[];
}

export interface BrowserOptions {
  language?: Language;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  touch?: boolean;
  folder?: string;
  args?: readonly string[];
  /** With what only the whole browser has: installation, settings of sites, its own keys. */
  isWhole?: boolean;
}

export async function openBrowser(p: BrowserOptions = {}): Promise<Person> {
  const { language = "fr", viewport = { width: 1280, height: 800 }, colorScheme = "light", touch = false } = p;
  const context = await chromium.launchPersistentContext(p.folder ?? temporaryFolder("browser"), {
    executablePath: p.isWhole === true ? CHROMIUM : CHROMIUM_SHELL,
    args: [...ARGUMENTS, ...(p.isWhole === true ? [] : [COMPILED_ONCE]), ...(p.args ?? [])],
    locale: language === "fr" ? "fr-FR" : "en-GB",
    viewport,
    colorScheme,
    hasTouch: touch,
    isMobile: touch,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, words: wordsOf(language), complaints };
}

/**
 * Ends a tab's process without a word to it. A tab that loads may have got another process: it is
 * asked again.
 */
export async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const ask = () => void session.send("Page.crash").catch(() => undefined);
  const crashed = page.waitForEvent("crash");
  const again = setInterval(ask, 1000);
  ask();
  await crashed.finally(() => clearInterval(again));
}

/** Goes to a screen as a link of the app does: a page load takes thirty times as long. */
export async function visit({ page }: Pick<Person, "page">, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({ depth: 1 }, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

/** The first minute: a name, a button. */
export async function makeProfile({ page, words }: Person, store: string, name: string): Promise<void> {
  await page.goto(store);
  await beginAs({ page, words }, name);
  await expect(page.getByRole("heading", { name: words.start.hello(name) })).toBeVisible();
}

export async function beginAs({ page, words }: Pick<Person, "page" | "words">, name: string): Promise<void> {
  await page.getByLabel(words.start.name).fill(name);
  await page.getByRole("button", { name: words.start.begin }).click();
}

/** Makes an invitation, from the welcome or from the list, and gives its link. */
export async function invite({ page, words }: Person): Promise<string> {
  const way = page.getByRole("button", { name: words.pair.invite });
  if (!(await way.isVisible())) await page.getByRole("link", { name: words.pair.new }).first().click();
  await way.click();
  const link = page.getByLabel(words.invite.link);
  await expect(link).toHaveValue(/\/i#/u);
  return link.inputValue();
}

/**
 * Opens the link as a click on it would, and says yes; somebody new gives a name first and needs no
 * more.
 */
export async function accept(person: Person, link: string, name?: string): Promise<void> {
  const { page, words } = person;
  await page.goto(link);
  if (name === undefined) await page.getByRole("button", { name: words.accept.confirm }).click();
  else await beginAs(person, name);
}

/** The four digits to read out, once they are there. */
export async function digitsOf({ page, words }: Person): Promise<string> {
  const say = page.getByRole("img", { name: words.code.sayLabel("") });
  await expect(say).toBeVisible();
  return (await say.innerText()).replaceAll(/\D/gu, "");
}

export async function typeCode({ page, words }: Person, peer: string, digits: string): Promise<void> {
  await page.getByLabel(words.code.type(peer)).fill(digits);
  await page.getByRole("button", { name: words.code.check }).click();
}

/** Each types what the other says, and goes to the conversation. */
export async function typeCodes(a: Person, aName: string, b: Person, bName: string): Promise<void> {
  const [aSays, bSays] = await Promise.all([digitsOf(a), digitsOf(b)]);
  await typeCode(a, bName, bSays);
  await typeCode(b, aName, aSays);
  await Promise.all([startWriting(a, bName), startWriting(b, aName)]);
}

export async function startWriting({ page, words }: Person, peer: string): Promise<void> {
  await expect(page.getByRole("heading", { name: words.pairingEnd.done(peer) })).toBeVisible();
  await page.getByRole("button", { name: words.pairingEnd.write }).click();
}

/** Writes to the conversation that is open on the screen. */
export async function say({ page, words }: Person, to: string, text: string): Promise<void> {
  await page.getByLabel(words.composer.field(to)).fill(text);
  await page.getByRole("button", { name: words.composer.send }).click();
}

/** A message in the open conversation: read out as who, when, what and where it stands. */
export function message({ page, words }: Person, with_: string, text: string): Locator {
  return page
    .getByRole("log", { name: words.thread.log(with_) })
    .getByRole("article")
    .filter({ hasText: text });
}
