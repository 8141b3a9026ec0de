import { expect, test } from "@playwright/test";
import {
  accept,
  digitsOf,
  invite,
  makeProfile,
  message,
  say,
  startWriting,
  typeCode,
  typeCodes,
} from "./lib/browser.ts";
import { cameraShowing } from "./lib/camera.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { runPli, startPli } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const PHONE = { viewport: { width: 390, height: 844 }, touch: true } as const;

const scene = sceneOfEachTest({ oneStore: true });

test("two browsers pair by a link and codes and write to each other, the second without having had a profile", async () => {
  const [camille, aurelien] = [await scene.openBrowser(), await scene.openBrowser(PHONE)];
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await invite(camille);
  await accept(aurelien, link, "Aurélien");
  expect(aurelien.page.url()).not.toContain("#");
  await typeCodes(camille, "Camille", aurelien, "Aurélien");

  await say(camille, "Aurélien", "Bonjour **Aurélien**");
  await expect(message(aurelien, "Camille", "Bonjour Aurélien")).toBeVisible();
  await say(aurelien, "Camille", "Bien reçu");
  await expect(message(camille, "Aurélien", "Bien reçu")).toBeVisible();
  await expect(message(camille, "Aurélien", "Bonjour")).toHaveAccessibleName(/(envoyé|remis|lu)$/u);

  await camille.page.reload();
  await expect(message(camille, "Aurélien", "Bien reçu")).toBeVisible();
});

test("a wrong code leaves two tries, three burn the invitation on both sides", async () => {
  const [camille, eve] = [await scene.openBrowser(), await scene.openBrowser({ language: "en" })];
  await makeProfile(camille, scene.store.origin, "Camille");
  await accept(eve, await invite(camille), "Eve");
  const right = await digitsOf(eve);
  const wrong = right === "0000" ? "1111" : "0000";
  await digitsOf(camille);
  for (const left of [2, 1]) {
    await typeCode(camille, "Eve", wrong);
    await expect(camille.page.getByRole("alert").getByText(camille.words.code.wrong(left))).toBeVisible();
  }
  await typeCode(camille, "Eve", wrong);
  await expect(camille.page.getByRole("heading", { name: camille.words.pairingEnd.burned })).toBeVisible();
  await expect(eve.page.getByRole("heading", { name: eve.words.pairingEnd.burned })).toBeVisible();
});

test("an invitation is read by the camera", async () => {
  const camille = await scene.openBrowser();
  await makeProfile(camille, scene.store.origin, "Camille");
  const link = await invite(camille);
  const bo = await scene.openBrowser({ ...PHONE, language: "en", args: cameraShowing(link) });
  await makeProfile(bo, scene.store.origin, "Bo");
  await bo.page.getByRole("link", { name: bo.words.pair.accept }).click();
  await bo.page.getByRole("button", { name: bo.words.accept.scan }).click();
  await typeCodes(camille, "Camille", bo, "Bo");
  await say(bo, "Camille", "Seen on your screen");
  await expect(message(camille, "Bo", "Seen on your screen")).toBeVisible();
});

test("somebody with a terminal adds a person of the browser, and they write to each other", async () => {
  const camille = await scene.openBrowser();
  await makeProfile(camille, scene.store.origin, "Camille");
  const home = temporaryFolder("terminal");
  await runPli(home, scene.store.origin, "init", "--name", "Dana");
  const terminal = startPli(home, scene.store.origin, "invite");
  const link = String((await terminal.next("link"))["link"]);

  await accept(camille, link);
  const code = await terminal.next("code");
  terminal.type(await digitsOf(camille));
  await typeCode(camille, "Dana", String(code["say"]));
  await terminal.next("paired");
  await terminal.ended;
  await startWriting(camille, "Dana");

  const listening = startPli(home, scene.store.origin, "listen");
  await say(camille, "Dana", "From the browser");
  await listening.next("message", ({ text }) => text === "From the browser");
  await runPli(home, scene.store.origin, "send", "Camille", "From the terminal");
  await expect(message(camille, "Dana", "From the terminal")).toBeVisible();
  listening.child.kill("SIGINT");
  await listening.ended;
});
