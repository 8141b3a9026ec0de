import { expect, test } from "@playwright/test";
import { accept, invite, makeProfile, message, say, typeCodes, type Person } from "./lib/browser.ts";
import { sceneOfEachTest } from "./lib/each-test.ts";
import { confirm, createGroup, note, openConversation, openGroup, openQuestion } from "./lib/groups.ts";

const scene = sceneOfEachTest();
let camille: Person;
let bob: Person;

test.beforeEach(async () => {
  camille = await scene.openBrowser();
  bob = await scene.openBrowser({ language: "en", viewport: { width: 390, height: 844 }, touch: true });
  await makeProfile(camille, scene.store.origin, "Camille");
  await makeProfile(bob, scene.store.origin, "Bob");
  await accept(bob, await invite(camille));
  await typeCodes(camille, "Camille", bob, "Bob");
});

test("a group is a question: yes, no, and never again", async () => {
  test.setTimeout(180_000);
  const asked = camille.words.group;
  const questions = bob.words.group.questions;

  await test.step("no: the history of who asked says so, and nothing is left", async () => {
    await createGroup(camille, "Chorale", ["Bob"]);
    await openGroup(camille, "Chorale");
    await expect(camille.page.getByText(asked.pending.answer)).toBeVisible();
    await bob.page.goto(scene.store.origin);
    await openQuestion(bob, questions.offered("Camille", "Chorale"));
    await expect(bob.page.getByText(bob.words.group.membersCount(1))).toBeVisible();
    await bob.page.getByRole("button", { name: questions.decline }).click();
    await expect(bob.page.getByRole("region", { name: questions.title })).toHaveCount(0);
    await expect(camille.page.getByText(asked.pending.answer)).toHaveCount(0);
    await openConversation(camille, "Chorale");
    await expect(camille.page.getByRole("log").getByText(/n’a pas accepté d’entrer/u)).toBeVisible();
  });

  await test.step("yes: and there they are", async () => {
    await createGroup(camille, "Cabinet", ["Bob"]);
    await openQuestion(bob, questions.offered("Camille", "Cabinet"));
    await bob.page.getByRole("button", { name: questions.accept, exact: true }).click();
    await openConversation(bob, "Cabinet");
    await expect(note(bob, "Cabinet", bob.words.group.change.joined.by("Camille"))).toBeVisible();
    await say(camille, "Cabinet", "Bonjour");
    await expect(message(bob, "Cabinet", "Bonjour")).toBeVisible();
  });

  await test.step("a yes can be taken back while the other is away", async () => {
    await createGroup(camille, "Budget", ["Bob"]);
    await bob.page.goto(scene.store.origin);
    await openQuestion(bob, questions.offered("Camille", "Budget"));
    await camille.context.setOffline(true);
    await bob.page.getByRole("button", { name: questions.accept, exact: true }).click();
    await openConversation(bob, "Budget");
    await expect(bob.page.getByText(bob.words.group.composer.waitsInviter("Camille"))).toBeVisible();
    await bob.page.getByRole("button", { name: bob.words.group.composer.giveUp }).click();
    await expect(bob.page.getByRole("link", { name: "Budget" })).toHaveCount(0);
    await camille.context.setOffline(false);
  });

  await test.step("blocked, who asks has no question left here", async () => {
    await createGroup(camille, "Vacances", ["Bob"]);
    await openQuestion(bob, questions.offered("Camille", "Vacances"));
    await bob.page.getByRole("button", { name: questions.block("Camille") }).click();
    await confirm(bob, bob.words.contact.block);
    await expect(bob.page.getByRole("region", { name: questions.title })).toHaveCount(0);
    await expect(bob.page.getByRole("navigation").getByText("Vacances")).toHaveCount(0);
  });
});
