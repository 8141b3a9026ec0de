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
  type BrowserOptions,
  type Person,
} from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { addWithoutAsking, chooseFor, confirm, createGroup, note, openConversation, openGroup } from "./lib/groups.ts";
import { runPli, startPli, type PliProcess } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const PHONE = { viewport: { width: 390, height: 844 }, touch: true } as const;

const scene = sceneOfEachTest();

const browser = async (name: string, options?: BrowserOptions): Promise<Person> => {
  const person = await scene.openBrowser(options);
  await makeProfile(person, scene.store.origin, name);
  await addWithoutAsking(person);
  return person;
};

async function pair(inviter: Person, inviterName: string, responder: Person, responderName: string): Promise<void> {
  await accept(responder, await invite(inviter));
  await typeCodes(inviter, inviterName, responder, responderName);
}

/** A person with nothing but a terminal, who is a contact of somebody with a browser. */
async function openTerminal(contact: Person, name: string): Promise<string> {
  const home = temporaryFolder("terminal");
  await runPli(home, scene.store.origin, "init", "--name", name);
  await runPli(home, scene.store.origin, "group", "asking", "off");
  const accepting = startPli(home, scene.store.origin, "accept", await invite(contact));
  const code = await accepting.next("code");
  accepting.type(await digitsOf(contact));
  await typeCode(contact, name, String(code["say"]));
  await accepting.next("paired");
  await accepting.ended;
  await startWriting(contact, name);
  return home;
}

const received = (listening: PliProcess, text: string) =>
  listening.next("message", (event) => event["text"] === text && event["group"] !== undefined);

test("three browsers and a terminal in one group: who is removed reads nothing later, the last owner names the next", async () => {
  test.setTimeout(240_000);
  const camille = await browser("Camille");
  const bob = await browser("Bob", { language: "en" });
  const lea = await browser("Léa", PHONE);
  await pair(camille, "Camille", bob, "Bob");
  await pair(camille, "Camille", lea, "Léa");
  const terminal = await openTerminal(camille, "Dana");
  const dana = startPli(terminal, scene.store.origin, "listen");

  await test.step("create, and write", async () => {
    await createGroup(camille, "Cabinet", ["Bob", "Dana"]);
    await expect(note(camille, "Cabinet", camille.words.group.change.created.self("Cabinet"))).toBeVisible();
    await openConversation(bob, "Cabinet");
    const all = camille.page.getByRole("main").getByText(camille.words.group.membersCount(3));
    await expect(all).toBeVisible();
    await say(camille, "Cabinet", "Bonjour à tous");
    await expect(message(bob, "Cabinet", "Bonjour à tous")).toHaveAccessibleName(/^Camille, /u);
    await received(dana, "Bonjour à tous");
    await say(bob, "Cabinet", "Hello");
    await expect(message(camille, "Cabinet", "Hello")).toHaveAccessibleName(/^Bob, /u);
    await runPli(terminal, scene.store.origin, "send", "Cabinet", "From the terminal");
    for (const person of [camille, bob])
      await expect(message(person, "Cabinet", "From the terminal")).toHaveAccessibleName(/^Dana, /u);
  });

  await test.step("add", async () => {
    await openGroup(camille, "Cabinet");
    await camille.page.getByRole("link", { name: camille.words.group.members.add, exact: true }).click();
    await camille.page.getByRole("checkbox", { name: "Léa" }).check();
    await camille.page.getByRole("button", { name: camille.words.group.members.addSome(1) }).click();
    await expect(note(bob, "Cabinet", bob.words.group.change.added.by("Camille", "Léa"))).toBeVisible();
    await openConversation(lea, "Cabinet");
    await expect(note(lea, "Cabinet", lea.words.group.change.joined.by("Camille"))).toBeVisible();
    await say(lea, "Cabinet", "Merci");
    await expect(message(bob, "Cabinet", "Merci")).toHaveAccessibleName(/^Léa, /u);
    await expect(message(lea, "Cabinet", "Bonjour à tous")).toHaveCount(0);
  });

  await test.step("promote; the new admin renames", async () => {
    await chooseFor(camille, "Bob", camille.words.group.give.admin);
    const given = bob.words.group.given.admin;
    await expect(note(bob, "Cabinet", bob.words.group.change.roleYou.by("Camille", given))).toBeVisible();
    await openGroup(bob, "Cabinet");
    await bob.page.getByRole("button", { name: bob.words.group.edit.open, exact: true }).click();
    await bob.page.getByLabel(bob.words.group.name, { exact: true }).fill("Cabinet du ministre");
    await bob.page.getByRole("button", { name: bob.words.app.save }).click();
    await openConversation(camille, "Cabinet du ministre");
    const named = camille.words.group.change.named.by("Bob", "Cabinet du ministre");
    await expect(note(camille, "Cabinet du ministre", named)).toBeVisible();
  });

  const GROUP = "Cabinet du ministre";
  await test.step("remove: nothing that is written later is read", async () => {
    await openGroup(bob, GROUP);
    await chooseFor(bob, "Léa", bob.words.group.members.remove);
    await confirm(bob, bob.words.group.members.remove);
    await expect(lea.page.getByText(lea.words.group.composer.left, { exact: true })).toBeVisible();
    await expect(note(camille, GROUP, camille.words.group.change.removed.by("Bob", "Léa"))).toBeVisible();
    await say(camille, GROUP, "Sans Léa");
    await openConversation(bob, GROUP);
    await expect(message(bob, GROUP, "Sans Léa")).toBeVisible();
    await openConversation(camille, "Léa");
    await say(camille, "Léa", "Entre nous");
    await openConversation(lea, "Camille");
    await expect(message(lea, "Camille", "Entre nous")).toBeVisible();
    await openConversation(lea, GROUP);
    await expect(message(lea, GROUP, "Merci")).toBeVisible();
    await expect(message(lea, GROUP, "Sans Léa")).toHaveCount(0);
  });

  await test.step("leave, from the terminal", async () => {
    dana.child.kill("SIGINT");
    await dana.ended;
    await runPli(terminal, scene.store.origin, "group", "leave", GROUP);
    await expect(note(bob, GROUP, bob.words.group.change.left("Dana", 1))).toBeVisible();
  });

  await test.step("the last owner leaves, and names who comes after", async () => {
    await openGroup(camille, GROUP);
    const { leave } = camille.words.group;
    await camille.page.getByRole("button", { name: leave.do }).click();
    const dialog = camille.page.getByRole("alertdialog");
    await expect(dialog.getByRole("button", { name: leave.do })).toBeDisabled();
    await dialog.getByRole("radio", { name: "Bob" }).check();
    await confirm(camille, leave.do);
    await expect(note(bob, GROUP, bob.words.group.change.left("Camille", 1))).toBeVisible();
    await expect(camille.page.getByText(camille.words.group.composer.left, { exact: true })).toBeVisible();
    await openGroup(bob, GROUP);
    await expect(bob.page.getByText(bob.words.group.membersCount(1))).toBeVisible();
    await expect(bob.page.getByText(bob.words.group.roles.owner, { exact: true }).first()).toBeVisible();
    await camille.page.getByRole("button", { name: leave.delete }).click();
    await confirm(camille, leave.deleteDo);
    await expect(camille.page.getByRole("navigation").getByRole("link", { name: GROUP })).toHaveCount(0);
  });
});

test("readers read, and in an announcement group admins write; one line says so", async () => {
  const camille = await browser("Camille");
  const bob = await browser("Bob", { language: "en" });
  await pair(camille, "Camille", bob, "Bob");
  await createGroup(camille, "Annonces", ["Bob"]);
  await openConversation(bob, "Annonces");
  await expect(bob.page.getByLabel(bob.words.composer.field("Annonces"))).toBeVisible();

  await openGroup(camille, "Annonces");
  await camille.page.getByRole("button", { name: camille.words.group.rules.open }).click();
  const { writes } = camille.words.group.rules;
  await camille.page.getByRole("radio", { name: writes.admins }).check();
  await camille.page.getByRole("button", { name: camille.words.app.save }).click();
  await expect(bob.page.getByText(bob.words.group.composer.announcements)).toBeVisible();
  await expect(bob.page.getByLabel(bob.words.composer.field("Annonces"))).toHaveCount(0);

  await chooseFor(camille, "Bob", camille.words.group.give.reader);
  await expect(bob.page.getByText(bob.words.group.composer.reader)).toBeVisible();
  await openConversation(camille, "Annonces");
  await say(camille, "Annonces", "À tous");
  await expect(message(bob, "Annonces", "À tous")).toBeVisible();
});

test("a picture chosen by one is seen by the other, small and without what the file held besides", async () => {
  const camille = await browser("Camille");
  const bob = await browser("Bob", { language: "en" });
  await pair(camille, "Camille", bob, "Bob");
  await createGroup(camille, "Images", ["Bob"]);
  await openConversation(bob, "Images");
  await openGroup(camille, "Images");
  await camille.page.getByRole("button", { name: camille.words.group.edit.open, exact: true }).click();
  const drawn = await camille.page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 600;
    canvas.getContext("2d")?.fillRect(0, 0, 300, 600);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  const file = { name: "Vacances chez moi.png", mimeType: "image/png", buffer: Buffer.from(drawn, "base64") };
  await camille.page.locator("input[type=file]").setInputFiles(file);
  await camille.page.getByRole("button", { name: camille.words.app.save }).click();
  await expect(note(bob, "Images", bob.words.group.change.pictured.by("Camille"))).toBeVisible();
  const picture = bob.page.getByRole("main").locator("img").first();
  await expect(picture).toHaveAttribute("src", /^data:image\/jpeg;base64,/u);
  expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([
    256, 256,
  ]);
});
