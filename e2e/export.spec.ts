import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { makeProfile, message, openBrowser, say, visit, type Person } from "./lib/browser.ts";
import { createHomePerson, whenTexts } from "./lib/homes.ts";
import { meet } from "./lib/meeting.ts";
import { runPli, startPli } from "./lib/pli.ts";
import { startStoreProcess, temporaryFolder } from "./lib/store-process.ts";

/**
 * As in a browser that cannot write into a person's file: a dialog of the system cannot be driven.
 */
const withoutPicker = ({ page }: Person): Promise<unknown> =>
  page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));

test("everything leaves the browser in a file that the terminal takes in, and the other way round", async () => {
  const store = await startStoreProcess();
  const [camille, bob] = [await openBrowser(), await createHomePerson("Bob", store.origin)];
  const { page, words } = camille;
  const text = words.archive;
  try {
    await withoutPicker(camille);
    await makeProfile(camille, store.origin, "Camille");
    await meet(camille, bob);
    await say(camille, "Bob", "Bonjour Bob");
    await whenTexts(bob, 1);
    await bob.say("Bonjour Camille");
    await expect(message(camille, "Bob", "Bonjour Camille")).toBeVisible();

    await visit({ page }, "/settings/export");
    await page.getByRole("button", { name: text.exportDo }).click();
    await expect(page.getByText(text.wordsTitle)).toBeVisible();
    const passphrase = await page.locator("p[translate=no]").innerText();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: text.download }).click();
    const file = join(temporaryFolder("download"), "pli.age");
    await (await downloading).saveAs(file);
    const dora = temporaryFolder("dora");
    await runPli(dora, store.origin, "init", "--name", "Dora");
    const importing = startPli(dora, store.origin, "import", file);
    importing.type(passphrase);
    expect(await importing.next("imported")).toMatchObject({ conversations: 1, profile: "Camille" });
    expect(await importing.ended).toBe(0);
    const shown = await runPli(dora, store.origin, "messages", "Bob");
    expect(shown.map((event) => event["text"]).filter(Boolean)).toEqual(["Bonjour Bob", "Bonjour Camille"]);

    await bob.close();
    const from = join(temporaryFolder("bob"), "bob.age");
    const [exported] = await runPli(bob.folder, store.origin, "export", "--to", from);
    await page.getByRole("button", { name: text.noted }).click();
    const broken = join(temporaryFolder("broken"), "broken.age");
    writeFileSync(broken, "not an export at all".repeat(20));
    await page.getByLabel(text.file).setInputFiles(broken);
    await page.getByLabel(text.words).fill(String(exported?.["passphrase"]));
    await page.getByRole("button", { name: text.read }).click();
    await expect(page.getByText("Ce fichier n’est pas un export de Pli")).toBeVisible();
    await page.getByLabel(text.file).setInputFiles(from);
    await page.getByRole("button", { name: text.read }).click();
    // Bob's texts are in Camille's conversation already; his own lines of the history are not.
    await expect(page.getByText(text.here(2))).toBeVisible();
    await page.getByRole("button", { name: text.add, exact: true }).click();
    await expect(page.getByText(text.addedText)).toBeVisible();
    await page.goto(store.origin);
    await page
      .getByRole("link")
      .filter({ has: page.getByRole("img", { name: text.mark }) })
      .click();
    await expect(page.getByText("Importé d’un fichier le")).toBeVisible();
    await expect(page.getByLabel(words.composer.field("Camille"))).toHaveCount(0);
    expect(camille.complaints).toEqual([]);
  } finally {
    await camille.context.close();
    await store.kill();
  }
});
