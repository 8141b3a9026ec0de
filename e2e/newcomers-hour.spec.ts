import { rmSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { dial } from "@pli/testkit/dials";
import {
  accept,
  digitsOf,
  invite,
  makeProfile,
  message,
  say,
  startWriting,
  typeCode,
  visit,
  type Person,
} from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { addWithoutAsking, createGroup, openConversation } from "./lib/groups.ts";
import { createHomePerson, type HomePerson } from "./lib/homes.ts";
import { runPli, startPli, type PliEvent } from "./lib/pli.ts";
import type { StoreProcess } from "./lib/store-process.ts";

/** How long the long conversation is: longer than what is drawn of it at once. */
const MANY = dial("NEWCOMER_MESSAGES");
const HOUR_MS = 900_000;
/** After the store lost everything, until all talk again. */
const MENDED = { timeout: 90_000 };

/**
 * Camille and Aurélien each have a browser; Dana has a terminal, and runs one command at a time.
 */
interface Hour {
  readonly store: StoreProcess;
  readonly camille: Person;
  readonly aurelien: Person;
  readonly dana: HomePerson;
}

// While the store is away the browser says so.
const scene = sceneOfEachTest({ mayComplain: /net::ERR_|WebSocket/u });
let hour: Hour;

test.beforeEach(async () => {
  const [camille, aurelien] = [
    await scene.openBrowser(),
    await scene.openBrowser({ viewport: { width: 390, height: 844 }, touch: true }),
  ];
  const dana = await createHomePerson("Dana", scene.store.origin);
  await dana.close();
  hour = { store: scene.store, camille, aurelien, dana };
});

const pli = (...args: string[]): Promise<PliEvent[]> => runPli(hour.dana.folder, hour.store.origin, ...args);

const textsIn = (events: readonly PliEvent[]): unknown[] =>
  events.flatMap(({ event, text }) => (event === "message" ? [text] : []));

const wrongFor = (right: string): string => String((Number(right) + 1) % 10_000).padStart(4, "0");

/**
 * Camille opens her own link and reads that it is hers, and the guest can use it; own digits cost
 * no try, wrong ones do.
 */
async function pairBrowsers({ store, camille, aurelien }: Hour): Promise<void> {
  await makeProfile(camille, store.origin, "Camille");
  const link = await invite(camille);
  const tab = await camille.context.newPage();
  await accept({ ...camille, page: tab }, link);
  await expect(tab.getByText(camille.words.invite.ownText)).toBeVisible();
  await tab.close();

  await accept(aurelien, link, "Aurélien");
  const [hers, his] = await Promise.all([digitsOf(camille), digitsOf(aurelien)]);
  await typeCode(aurelien, "Camille", his);
  await expect(aurelien.page.getByText(/vos propres chiffres/u)).toBeVisible();
  await expect(aurelien.page.getByText(aurelien.words.code.wrong(2))).toBeHidden();
  await typeCode(aurelien, "Camille", wrongFor(hers));
  await expect(aurelien.page.getByText(aurelien.words.code.wrong(2))).toBeVisible();
  await typeCode(aurelien, "Camille", hers);
  await typeCode(camille, "Aurélien", his);
  await Promise.all([startWriting(camille, "Aurélien"), startWriting(aurelien, "Camille")]);
  await say(camille, "Aurélien", "Bonjour, c’est moi");
  await expect(message(aurelien, "Camille", "Bonjour, c’est moi")).toBeVisible();
}

/** Three wrong codes: she learns it on any page, and a line stays. */
async function burnOne({ store, camille }: Hour): Promise<void> {
  const stranger = await scene.openBrowser();
  await visit(camille, "/new");
  const link = await invite(camille);
  await accept(stranger, link, "Un inconnu");
  const right = await digitsOf(camille);
  await visit(camille, "/settings");
  for (let i = 0; i < 3; i++) await typeCode(stranger, "Camille", wrongFor(right));
  await expect(stranger.page.getByRole("heading", { name: stranger.words.pairingEnd.burned })).toBeVisible();
  await stranger.context.close();
  const { page, words } = camille;
  const how = words.pairingEnd.ends.pairing_burned;
  await page.goto(store.origin);
  await page.getByRole("region", { name: words.pair.open }).getByRole("link").filter({ hasText: how }).click();
  await expect(page.getByRole("heading", { name: words.pairingEnd.burned })).toBeVisible();
  await page.getByRole("button", { name: words.pairingEnd.putAway }).click();
}

/** The link went through a mail, which broke it. */
async function pairTerminal({ store, camille, dana }: Hour): Promise<void> {
  await visit(camille, "/new");
  const link = await invite(camille);
  const accepting = startPli(dana.folder, store.origin, "accept", `<${link.slice(0, 50)}\n ${link.slice(50)}>`);
  const code = await accepting.next("code");
  accepting.type(await digitsOf(camille));
  await typeCode(camille, "Dana", String(code["say"]));
  await accepting.next("paired");
  expect(await accepting.ended).toBe(0);
  await startWriting(camille, "Dana");
}

/** Camille makes a group; Dana, who only runs commands that end, is in it and is read. */
async function talkInGroup({ camille, aurelien }: Hour): Promise<void> {
  await addWithoutAsking(aurelien);
  await camille.page.goto(new URL(camille.page.url()).origin);
  await createGroup(camille, "Les voisins", ["Aurélien", "Dana"]);
  await expect(async () => {
    expect(textsIn(await pli("send", "Les voisins", "Dana est là"))).toContain("Dana est là");
  }).toPass({ timeout: 60_000 });
  await openConversation(aurelien, "Les voisins");
  await expect(message(aurelien, "Les voisins", "Dana est là").first()).toBeVisible();
  await say(aurelien, "Les voisins", "Aurélien aussi");
  await expect(message(camille, "Les voisins", "Aurélien aussi")).toBeVisible();
}

/**
 * The server stops: the reason is said, what is typed stays through a reload, and all leaves when
 * it is back.
 */
async function stopAndStart({ store, camille, aurelien }: Hour): Promise<void> {
  const { page, words } = camille;
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await store.stop();
  await expect(page.getByText(words.banner.offline)).toBeVisible();
  await say(camille, "Les voisins", "Écrit sans serveur");
  await page.getByLabel(words.composer.field("Les voisins")).fill("Un brouillon");
  await page.reload();
  await expect(page.getByLabel(words.composer.field("Les voisins"))).toHaveValue("Un brouillon");
  await expect(message(camille, "Les voisins", "Écrit sans serveur")).toHaveAccessibleName(
    new RegExp(`${words.state.saved}$`, "u"),
  );
  await store.start();
  await expect(message(aurelien, "Les voisins", "Écrit sans serveur")).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(words.banner.offline)).toBeHidden();
}

/**
 * The server's disk burns: everybody is found again, between two and in the group, and nothing is
 * there twice.
 */
async function wipe({ store, camille, aurelien }: Hour): Promise<void> {
  await store.kill();
  rmSync(store.data, { recursive: true });
  await store.start();
  await say(camille, "Les voisins", "Après l’incendie");
  await say(aurelien, "Les voisins", "Moi de même");
  await expect(async () => {
    await pli("send", "Camille", "Et moi");
    const received = textsIn(await pli("messages", "Les voisins"));
    expect(received).toEqual(expect.arrayContaining(["Après l’incendie", "Moi de même"]));
  }).toPass(MENDED);
  await expect(message(aurelien, "Les voisins", "Après l’incendie")).toBeVisible(MENDED);
  await expect(message(camille, "Les voisins", "Moi de même")).toBeVisible(MENDED);
  await expect(message(camille, "Les voisins", "Écrit sans serveur")).toHaveCount(1);
}

/**
 * While Camille is away Dana writes a long conversation. Its first line is found and shown, though
 * it is not read by that; the newest is one step away.
 */
async function readLong({ store, camille, dana }: Hour): Promise<void> {
  const { page, words } = camille;
  await page.goto("about:blank");
  await writeMany(dana);
  await page.goto(`${store.origin}/settings`);
  const row = page.getByRole("navigation", { name: words.list.title }).getByRole("link", { name: /Dana/u });
  await expect(row.getByText(`brin ${MANY}.`)).toBeVisible({ timeout: HOUR_MS });

  await page.getByRole("searchbox", { name: words.list.search }).fill("aiguille");
  await page.getByRole("link").filter({ hasText: NEEDLE }).click();
  await expect(message(camille, "Dana", NEEDLE)).toBeInViewport();
  await page.reload();
  await expect(message(camille, "Dana", NEEDLE)).toBeInViewport();
  expect(await page.getByRole("article").count()).toBeLessThan(500);
  await expect(row.getByText(/messages non lus/u)).toBeAttached();
  await page.getByRole("button", { name: /aller aux derniers/iu }).click();
  await expect(message(camille, "Dana", `brin ${MANY}.`)).toBeInViewport();
}

const NEEDLE = "L’aiguille dans la botte de foin";

async function writeMany(dana: HomePerson): Promise<void> {
  await dana.reopen();
  const all = await dana.api.read("conversations", {});
  const conversation = all.find(({ name }) => name === "Camille")?.id ?? "";
  await dana.api.sendText({ conversation, text: NEEDLE });
  for (let number = 1; number <= MANY; number++) {
    await dana.api.sendText({ conversation, text: `brin ${number}.` });
  }
  await expect.poll(async () => (await dana.api.read("status", {})).pending, { timeout: HOUR_MS }).toBe(0);
  await dana.close();
}

test("a newcomer's first hour: nothing leaves anybody stuck, wrong, or with less than they had", async () => {
  test.setTimeout(HOUR_MS);
  await test.step("two browsers meet", () => pairBrowsers(hour));
  await test.step("an invitation is burned", () => burnOne(hour));
  await test.step("a terminal joins by a broken link", () => pairTerminal(hour));
  await test.step("three talk in a group", () => talkInGroup(hour));
  await test.step("the server stops and starts", () => stopAndStart(hour));
  await test.step("the server loses everything", () => wipe(hour));
  await test.step(`a conversation of ${MANY} messages`, () => readLong(hour));
});
