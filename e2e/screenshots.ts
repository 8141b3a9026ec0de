/**
 * `node e2e/screenshots.ts [fr] [en] [--keep]`: draws every screen of the web app into
 * `screenshots/`, which git ignores, after a build of the web app. `--keep` also replaces the few
 * pictures that documents show (`docs/screenshots`). A store, five contacts and the pages all live
 * in one made-up week, so that two runs give the same pictures but for the keys.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, expect, type BrowserContext, type Page } from "@playwright/test";
import { openHome, type Home } from "@pli/engine-node";
import { startStore } from "@pli/store";
import { ensurePackages } from "../scripts/debian.mjs";
import { wordsOf, type Language } from "../apps/web/src/words/index.ts";
import { CHROMIUM, digitsOf, typeCode, visit, type Person } from "./lib/browser.ts";
import { chooseFor, openConversation, whenInGroup } from "./lib/groups.ts";
import { createHomePerson, whenLive, type HomePerson } from "./lib/homes.ts";
import { addDevice, deviceDigitsOf, showDeviceLink, typeDeviceDigits } from "./lib/linking.ts";
import { acceptAtHome, conversationWith, meet } from "./lib/meeting.ts";
import { palettePng } from "./lib/palette-png.ts";
import { addAuthenticator } from "./lib/passkeys.ts";
import { freePort, temporaryFolder } from "./lib/store-process.ts";
import { STORIES, type Story } from "./lib/stories.ts";

const FOLDER = join(import.meta.dirname, "../screenshots");
const KEPT = join(import.meta.dirname, "../docs/screenshots");
const WEB = join(import.meta.dirname, "../apps/web/dist");
const VIEWS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const THEMES = ["light", "dark"] as const;
/** People have a font with emoji. */
ensurePackages(["fonts-noto-color-emoji"]);
const NOW = Date.UTC(2026, 10, 24, 9, 42);
const HOUR = 3_600_000;
/** Up to the last message there is. */
const NEWEST = Number.MAX_SAFE_INTEGER;
const TELEPHONE = "iPhone";
/** A little more than a day. */
const DAY_HOURS = 25;
/** A contact's devices have to stay as they are for a minute before a line says it. */
const DEVICES_SHOW = { timeout: 90_000 };
/** Changes of a group wait for their turn. */
const PATIENTLY = { timeout: 30_000 };

/** One clock for the store, the homes and the pages, moved by hand. */
const realNow = Date.now.bind(Date);
let offset = 0;
Date.now = () => realNow() + offset;
const setClock = (hoursAgo: number): void => void (offset = NOW - hoursAgo * HOUR - realNow());
const shiftedClock = (): string => `${nowAt(offset)}
  globalThis.Worker = class extends (globalThis.Plain ??= globalThis.Worker ?? Object) {
    constructor(url, options) { super(url, { ...options, name: "pli ${offset}" }); }
  };`;

/** The built app, but for a worker that takes the hour from its name. */
function shiftedWeb(): string {
  const folder = temporaryFolder("web");
  cpSync(WEB, folder, { recursive: true });
  for (const file of readdirSync(join(folder, "assets"))) {
    const path = join(folder, "assets", file);
    if (/^pli-worker.*\.js$/u.test(file))
      writeFileSync(path, nowAt('Number(self.name.split(" ")[1])') + readFileSync(path, "utf8"));
  }
  return folder;
}

const nowAt = (shift: number | string): string =>
  `Date.now = () => Math.floor(performance.timeOrigin + performance.now() + ${shift});`;

/** The first words of a message as they show, without marks or line breaks. */
const opening = (text: string): string => text.split(/[*\n]/u)[0]?.slice(0, 24).trim() ?? "";

class Album {
  readonly language: Language;
  readonly story: Story;
  readonly person: Person;
  readonly store: string;
  readonly contacts = new Map<string, HomePerson>();

  constructor(language: Language, person: Person, store: string) {
    this.language = language;
    this.story = STORIES[language];
    this.person = person;
    this.store = store;
  }

  get page(): Page {
    return this.person.page;
  }

  /** The screen as it stands, on a phone and on a desk, by day and by night. */
  async shoot(screen: string): Promise<void> {
    await this.page.mouse.move(VIEWS.desktop.width - 1, 60);
    for (const [view, viewport] of Object.entries(VIEWS)) {
      await this.page.setViewportSize(viewport);
      for (const colorScheme of THEMES) {
        await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await this.page.waitForTimeout(150);
        const picture = await this.page.screenshot({ caret: "hide" });
        writeFileSync(join(FOLDER, `${this.language}-${view}-${colorScheme}-${screen}.png`), palettePng(picture));
      }
    }
    await this.page.emulateMedia({ colorScheme: "light" });
  }

  /** Everything stops and starts again at another hour. */
  async travel(hoursAgo: number, path = "/"): Promise<void> {
    await this.page.waitForTimeout(2500);
    setClock(hoursAgo);
    await this.page.addInitScript(shiftedClock());
    await this.page.goto(this.store + path);
    for (const home of this.contacts.values()) await home.api.reconnect();
  }

  /** A little later, without anything stopping. */
  async pass(minutes: number): Promise<void> {
    offset += minutes * 60_000;
    await this.page.evaluate(nowAt(offset));
    for (const worker of this.page.workers()) await worker.evaluate(nowAt(offset));
  }

  /** Another screen, as a link inside the app would lead to it. */
  async go(path: string): Promise<void> {
    await visit(this, path);
    await this.page.waitForTimeout(500);
  }

  async open(name: string): Promise<void> {
    await openConversation(this.person, name);
  }

  async say(to: string, text: string): Promise<void> {
    const field = this.page.getByLabel(this.person.words.composer.field(to));
    await field.fill(text);
    await field.press("Enter");
    await expect(
      this.page
        .getByRole("article")
        .filter({ hasText: opening(text) })
        .last(),
    ).toBeVisible();
  }

  contact(name: string): HomePerson {
    const home = this.contacts.get(name);
    if (home === undefined) throw new Error(`nobody called ${name}`);
    return home;
  }

  async hear(from: string, text: string): Promise<void> {
    const home = this.contact(from);
    await home.api.sendText({ conversation: await conversationWith(home, this.story.me), text });
  }
}

/** The other ways to begin: as one more device of somebody, or by the recovery words. */
async function otherBeginnings(album: Album): Promise<void> {
  const { page, person } = album;
  const { devices, recovery } = person.words;
  await page.getByRole("button", { name: recovery.have }).click();
  await album.shoot("restore");
  await page.getByRole("button", { name: devices.hereBack }).click();
  await page.getByRole("button", { name: recovery.passkey.have }).click();
  await album.shoot("restore-passkey");
  await page.getByRole("button", { name: devices.hereBack }).click();
  await page.getByRole("button", { name: devices.here }).click();
  await album.shoot("link-name");
  await page.getByRole("button", { name: devices.hereGo }).click();
  await expect(page.getByLabel(devices.link)).toHaveValue(/\/d#/u);
  await album.shoot("link");
  await page.getByRole("button", { name: devices.code.stop }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: devices.code.stop }).click();
  await page.getByRole("button", { name: devices.hereBack }).click();
}

async function firstMinute(album: Album): Promise<void> {
  const { page, person, story } = album;
  const { words } = person;
  await otherBeginnings(album);
  await page.getByLabel(words.start.name).fill(story.me);
  await album.shoot("start");
  await page.getByRole("button", { name: words.start.begin }).click();
  await expect(page.getByRole("heading", { name: words.start.hello(story.me) })).toBeVisible();
  await album.shoot("welcome");
}

async function firstMeeting(album: Album, home: HomePerson): Promise<void> {
  const { page, person } = album;
  const { words } = person;
  await page.getByRole("button", { name: words.pair.invite }).click();
  const link = page.getByLabel(words.invite.link);
  await expect(link).toHaveValue(/\/i#/u);
  await album.shoot("invitation");
  const pairing = await acceptAtHome(home, await link.inputValue());
  const view = await whenLive(home.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  await home.api.typeCode({ pairing, digits: await digitsOf(person) });
  await album.shoot("code");
  await typeCode(person, home.name, view?.say ?? "");
  await expect(page.getByRole("heading", { name: words.pairingEnd.done(home.name) })).toBeVisible();
  await album.shoot("paired");
  await page.getByRole("button", { name: words.pairingEnd.write }).click();
}

async function live(album: Album): Promise<void> {
  const { story } = album;
  setClock(story.meetings);
  await album.page.addInitScript(shiftedClock());
  await album.page.goto(album.store);
  await firstMinute(album);
  for (const [index, name] of story.contacts.entries()) {
    const home = await createHomePerson(name, album.store);
    album.contacts.set(name, home);
    if (index === 0) await firstMeeting(album, home);
    else {
      await album.page.goto(album.store);
      await meet(album.person, home);
    }
  }
  for (const { hoursAgo, lines } of story.scenes) {
    await album.travel(hoursAgo);
    for (const { who, to, text } of lines) {
      await album.pass(2);
      if (who === story.me) {
        await album.open(to);
        await album.say(to, text);
      } else {
        await album.hear(who, text);
        await album.open(who);
        await expect(
          album.page
            .getByRole("article")
            .filter({ hasText: opening(text) })
            .last(),
        ).toBeVisible();
      }
    }
    for (const home of album.contacts.values()) {
      await home.api.markRead({ conversation: await conversationWith(home, story.me), upTo: NEWEST });
    }
  }
}

/** A square of two colours with a number on it, as a file. */
async function drawPicture({ page }: Album): Promise<Buffer> {
  const drawn = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 256;
    const context = canvas.getContext("2d");
    if (context === null) return "";
    context.fillStyle = "#0b5b59";
    context.fillRect(0, 0, 256, 256);
    context.fillStyle = "#e8c468";
    context.fillRect(0, 0, 256, 64);
    context.fillStyle = "#fff";
    context.font = "600 120px sans-serif";
    context.textAlign = "center";
    context.fillText("26", 128, 204);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  return Buffer.from(drawn, "base64");
}

/** A group is made, written in, and shown from every side. */
async function together(album: Album): Promise<void> {
  const { page, person, story } = album;
  const { words } = person;
  const { name, description, members, admin, lines, last, hoursAgo } = story.group;
  await album.travel(hoursAgo);
  await album.go("/new/group");
  await page.getByLabel(words.group.name, { exact: true }).fill(name);
  for (const member of members) await page.getByRole("checkbox", { name: member }).check();
  await page.getByLabel(words.group.description).fill(description);
  const picture = { name: "picture.png", mimeType: "image/png", buffer: await drawPicture(album) };
  await page.locator("input[type=file]").setInputFiles(picture);
  await page.getByRole("main").locator("img").waitFor();
  await page.getByRole("region", { name: words.group.new }).evaluate((region) => region.scrollTo(0, 0));
  await album.shoot("group-new");
  await page.getByRole("button", { name: words.group.createWith(members.length) }).click();
  await expect(page.getByRole("main").getByText(words.group.membersCount(members.length + 1))).toBeVisible();
  const ids = new Map<string, string>();
  for (const member of members) ids.set(member, await whenInGroup(album.contact(member), name));
  for (const [index, { who, text }] of lines.entries()) {
    await album.pass(1);
    if (who === story.me) await album.say(name, text);
    else await album.contact(who).api.sendText({ conversation: ids.get(who) ?? "", text });
    await expect(page.getByRole("article").filter({ hasText: opening(text) })).toBeVisible();
    if (index !== 2) continue;
    await page.getByTitle(words.group.about(name)).click();
    await chooseFor(person, admin, words.group.give.admin);
    await expect(page.getByRole("main").getByText(words.group.roles.admin, { exact: true })).toBeVisible(PATIENTLY);
    await page.goBack();
  }
  const [first = ""] = members;
  for (const member of members.slice(0, 3)) {
    await album.contact(member).api.markRead({ conversation: ids.get(member) ?? "", upTo: NEWEST });
  }
  await album.pass(1);
  await album.contact(first).api.sendText({ conversation: ids.get(first) ?? "", text: last });
  await expect(page.getByRole("article").filter({ hasText: opening(last) })).toBeVisible();
  await page.waitForTimeout(15_000);
  await album.shoot("group-thread");
  const thread = new URL(page.url()).pathname;
  for (const part of ["", "add", "edit", "rules", "history"]) {
    await album.go(`${thread}/group${part === "" ? "" : `/${part}`}`);
    await album.shoot(part === "" ? "group" : `group-${part}`);
    if (part !== "") continue;
    await page.getByRole("heading", { name: words.group.members.title }).evaluate((title) => {
      title.scrollIntoView();
      title.closest("[role=region]")?.scrollBy(0, -24);
    });
    await album.shoot("group-members");
  }
}

/**
 * A reaction, an answer as it is written, what emoji are chosen from, and the menu of a message.
 */
async function messageActions(album: Album, name: string): Promise<void> {
  const { page, person } = album;
  const { words } = person;
  const contact = album.contacts.get(name);
  const mine = (await contact?.messages())?.findLast((message) => !message.mine);
  await contact?.api.react({ message: mine?.id ?? "", emoji: "👍" });
  await expect(page.getByRole("button", { name: `👍 ${name}` })).toBeVisible();
  await page.getByRole("article").last().focus();
  await page.keyboard.press("r");
  await page.getByRole("textbox", { name: words.composer.field(name) }).fill("**14 h**, ||214||");
  await page.getByRole("button", { name: words.composer.showFormats }).click();
  await album.shoot("thread-answer");
  await page.getByRole("button", { name: words.emoji.add }).click();
  await expect(page.getByRole("option").first()).toBeVisible();
  await album.shoot("thread-emoji");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: words.composer.hideFormats }).click();
  await page.getByRole("textbox", { name: words.composer.field(name) }).fill("");
  await page.keyboard.press("Escape");
  await page.getByRole("article").last().click({ button: "right" });
  await album.shoot("thread-menu");
  await page.keyboard.press("Escape");
}

async function present(album: Album): Promise<void> {
  const { page, person, story } = album;
  const { words } = person;
  const [main = ""] = story.contacts;
  await album.travel(0);
  await page.waitForTimeout(11_000);
  for (const { who, text } of story.waiting) await album.hear(who, text);
  await expect(page.getByRole("navigation").getByText(story.waiting.at(-1)?.text.slice(0, 20) ?? "")).toBeVisible();
  await album.shoot("list");
  await album.open(main);
  await album.say(main, story.last);
  await album.hear(main, story.typing);
  await page.waitForTimeout(3000);
  await album.shoot("thread");
  await messageActions(album, main);
  await page.keyboard.press("Control+k");
  await album.shoot("jump");
  await page.keyboard.press("Escape");
  await page.getByRole("main").getByRole("link", { name: main }).first().click();
  await expect(page.getByRole("heading", { name: words.contact.title })).toBeVisible();
  await album.shoot("contact");
  for (const path of ["new", "accept"]) {
    await album.go(`/${path}`);
    await album.shoot(path);
  }
}

const SETTINGS = [
  "",
  "profile",
  "starred",
  "devices",
  "server",
  "lock",
  "duress",
  "privacy",
  "notifications",
  "storage",
].concat(["export", "language", "theme", "about"]);

/** As another tab would: this one learns of it. */
const addSecondProfile = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const profiles = [
      { id: "first", label: "Perso" },
      { id: "0badcafe", label: "Conseil" },
    ];
    localStorage.setItem("pli.profiles", JSON.stringify({ profiles, last: "first" }));
    dispatchEvent(new StorageEvent("storage", { key: "pli.profiles" }));
  });

/** Before there is a lock, which would be asked for first. */
async function recovery(album: Album): Promise<void> {
  const { page, person } = album;
  const { recovery: words } = person.words;
  await album.go("/settings/devices/add");
  await album.shoot("settings-devices-add");
  await album.go("/settings/recovery");
  await album.shoot("settings-recovery");
  await page.getByRole("button", { name: words.show }).click();
  const list = page.getByRole("list", { name: words.list }).getByRole("listitem");
  await list.first().waitFor();
  const shown = await list.allInnerTexts();
  await album.shoot("settings-recovery-words");
  await page.getByRole("button", { name: words.next }).click();
  await album.shoot("settings-recovery-check");
  await page.getByLabel(words.field).fill(shown.join(" "));
  await page.getByRole("button", { name: words.checkDo }).click();
  await page.getByText(words.rightText).waitFor();
  await album.shoot("settings-recovery-right");
  await addAuthenticator(person);
  await page.getByRole("button", { name: words.passkey.make }).click();
  await page.getByRole("button", { name: words.passkey.remove }).waitFor();
  await page.getByRole("switch", { name: words.copySwitch }).click();
  await page.getByText(words.copyNone).waitFor({ state: "hidden" });
  await page.getByText(words.copyUnderWay).waitFor({ state: "hidden" });
  await page.getByText(words.passkey.made).waitFor({ state: "hidden" });
  await page.getByRole("region", { name: words.title }).evaluate((region) => region.scrollTo(0, 0));
  await album.shoot("settings-recovery-kept");
  await page.getByRole("switch", { name: words.copySwitch }).evaluate((one) => one.scrollIntoView());
  await album.shoot("settings-recovery-copy");
}

/** A telephone becomes a device of this person, and the first contact links one of theirs. */
async function ownDevices(album: Album): Promise<void> {
  const { page, person, story } = album;
  const { devices } = person.words;
  const [telephone, theirs] = [await emptyHome(album.store), await emptyHome(album.store)];
  const contact = album.contact(story.contacts[0] ?? "");
  await linkAtHome(theirs, contact);
  await addDevice(person, await linkOf(telephone));
  const digits = await deviceDigitsOf(person);
  await album.shoot("settings-devices-code");
  const { id, say } = await codeOf(telephone.api);
  await typeDeviceDigits(person, say);
  await telephone.api.typeCode({ pairing: id, digits });
  // Nothing locks the page: the telephone comes in a day later.
  await page.getByText(devices.comesTitle(TELEPHONE)).waitFor();
  await album.shoot("settings-devices-comes");
  await page.getByRole("button", { name: devices.doneGo }).click();
  await page.getByRole("button", { name: devices.comingStop }).waitFor();
  await album.shoot("settings-devices-coming");
  await album.travel(-DAY_HOURS, "/settings/devices");
  await telephone.api.reconnect();
  await page.getByText(TELEPHONE, { exact: true }).waitFor(PATIENTLY);
  await album.shoot("settings-devices-two");
  await page.getByRole("button", { name: devices.actions(TELEPHONE) }).click();
  await album.shoot("settings-devices-menu");
  await page.getByRole("menuitem", { name: devices.lost }).click();
  await album.shoot("settings-devices-lost");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: devices.actions(TELEPHONE) }).click();
  await page.getByRole("menuitem", { name: devices.stolen }).click();
  await album.shoot("settings-devices-stolen");
  await page.keyboard.press("Escape");
  await album.open(contact.name);
  await expect(
    page.getByText(person.words.thread.devices(contact.name, { added: 1, removed: 0, devices: 2 })),
  ).toBeVisible(DEVICES_SHOW);
  await album.shoot("thread-devices");
  await telephone.close();
  await theirs.close();
}

/** What a browser shows that was linked a moment ago. */
async function newDevice(album: Album, language: Language): Promise<void> {
  const context = await openContext(language);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(shiftedClock());
  const fresh: Person = { ...album.person, context, page };
  const contact = album.contact(album.story.contacts[1] ?? "");
  const { pairing } = await contact.api.addDevice({
    link: await showDeviceLink(fresh, album.store, TELEPHONE),
    confirmed: true,
  });
  const view = await whenLive(contact.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  await contact.api.typeCode({ pairing, digits: await deviceDigitsOf(fresh) });
  await typeDeviceDigits(fresh, view?.say ?? "");
  await whenLive(contact.api, "pairing", { id: pairing }, (value) => value?.step === "paired");
  await page.getByRole("link", { name: album.story.me }).first().waitFor();
  await contact.close();
  const other = new Album(language, fresh, album.store);
  await other.shoot("list-entering");
  await other.go("/settings/devices");
  await other.shoot("settings-devices-entering");
  await context.close();
}

const emptyHome = (store: string): Promise<Home> =>
  openHome({ home: temporaryFolder("device"), store, unlock: { keyFile: true }, create: true });

async function linkOf({ api }: Home): Promise<string> {
  const { pairing } = await api.linkThisDevice({ name: TELEPHONE });
  return (await whenLive(api, "pairing", { id: pairing }, (view) => view?.link !== undefined))?.link ?? "";
}

/** What the one exchange of a home has to be typed. */
async function codeOf(api: Home["api"]): Promise<{ id: string; say: string }> {
  const [open] = await api.read("devicePairings", {});
  const id = open?.id ?? "";
  const view = await whenLive(api, "pairing", { id }, (value) => value?.say !== undefined);
  return { id, say: view?.say ?? "" };
}

async function linkAtHome(fresh: Home, old: HomePerson): Promise<void> {
  const { pairing } = await old.api.addDevice({ link: await linkOf(fresh), confirmed: true });
  const view = await whenLive(old.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  const { id, say } = await codeOf(fresh.api);
  await old.api.typeCode({ pairing, digits: say });
  await fresh.api.typeCode({ pairing: id, digits: view?.say ?? "" });
}

async function settings(album: Album): Promise<void> {
  const { page, person } = album;
  const { words } = person;
  await recovery(album);
  await ownDevices(album);
  await album.go("/settings/lock");
  await page.getByRole("radio", { name: words.lock.passphrase }).check();
  await page.getByLabel(words.lock.new, { exact: true }).fill("correct horse battery");
  await page.getByLabel(words.lock.again).fill("correct horse battery");
  await page.getByRole("button", { name: words.lock.set }).click();
  await page.getByRole("button", { name: words.lock.now }).waitFor();
  await page.waitForTimeout(5500);
  for (const name of SETTINGS) {
    await album.go(`/settings/${name}`.replace(/\/$/u, ""));
    await album.shoot(name === "" ? "settings" : `settings-${name}`);
    if (name !== "server") continue;
    await page.getByRole("heading", { name: words.server.sample }).evaluate((title) => title.scrollIntoView());
    await album.shoot("settings-server-cell");
  }
  await addSecondProfile(page);
  await album.go("/settings/profiles");
  await album.shoot("settings-profiles");
  await album.go("/settings");
  await album.shoot("settings-two-profiles");
  await album.go("/settings/lock");
  await page.getByRole("button", { name: words.lock.now }).click();
  await page.getByRole("textbox", { name: words.lock.field }).waitFor();
  await album.shoot("locked");
}

async function openContext(language: Language): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(temporaryFolder("album"), {
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    locale: language === "fr" ? "fr-FR" : "en-GB",
    timezoneId: "Europe/Paris",
    viewport: VIEWS.desktop,
    deviceScaleFactor: 1,
    serviceWorkers: "block",
  });
  return context;
}

async function draw(language: Language): Promise<void> {
  setClock(STORIES[language].meetings);
  const store = await startStore({
    data: temporaryFolder("store"),
    host: "127.0.0.1",
    port: await freePort(),
    web: shiftedWeb(),
  });
  const context = await openContext(language);
  const page = context.pages()[0] ?? (await context.newPage());
  const person: Person = { context, page, words: wordsOf(language), complaints: [] };
  const album = new Album(language, person, `http://localhost:${store.port}`);
  try {
    await live(album);
    await together(album);
    await present(album);
    await settings(album);
    await newDevice(album, language);
  } finally {
    await context.close();
    for (const home of album.contacts.values()) await home.close();
    await store.close();
  }
}

const named = (["fr", "en"] as const).filter((language) => process.argv.includes(language));
mkdirSync(FOLDER, { recursive: true });
for (const language of named.length > 0 ? named : (["fr", "en"] as const)) {
  for (const file of readdirSync(FOLDER)) if (file.startsWith(`${language}-`)) rmSync(join(FOLDER, file));
  await draw(language);
}
for (const file of process.argv.includes("--keep") ? readdirSync(KEPT) : []) {
  if (existsSync(join(FOLDER, file))) copyFileSync(join(FOLDER, file), join(KEPT, file));
}
process.exit(0);
