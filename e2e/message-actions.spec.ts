import { expect, test } from "@playwright/test";
import { visit } from "./lib/browser.ts";
import { meetBob, sceneOfEachTest } from "./lib/each-test.ts";

const scene = sceneOfEachTest();

test("an answer, a reaction, an edit and a deletion are the same for both", async () => {
  const { camille, bob } = await meetBob(scene);
  const { page, words } = camille;
  const article = (author: string, text: string) =>
    page.getByRole("article", { name: new RegExp(`^${author}, .*${text}`, "u") });
  const choose = async (author: string, text: string, choice: string): Promise<void> => {
    await article(author, text).click({ button: "right" });
    await page.getByRole("menuitem", { name: choice, exact: true }).click();
  };
  const atBob = () => bob.messages();

  await bob.say("On déjeune demain ?");
  await choose("Bob", "On déjeune demain", words.thread.answer);
  await page.keyboard.type("Oui, à midi");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await atBob()).at(-1)?.replyTo?.text).toBe("On déjeune demain ?");

  const answer = (await atBob()).at(-1);
  await bob.api.react({ message: answer?.id ?? "", emoji: "👍" });
  await expect(page.getByRole("button", { name: "👍 Bob" })).toBeVisible();
  await page.getByRole("button", { name: "👍 Bob" }).click();
  await expect.poll(async () => (await atBob()).at(-1)?.reactions?.[0]?.people.length).toBe(2);

  await page.getByRole("textbox", { name: words.composer.field("Bob") }).click();
  await page.keyboard.press("ArrowUp");
  await page.getByRole("textbox", { name: words.composer.editField }).fill("Oui, à une heure");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await atBob()).at(-1)?.body).toEqual({ kind: "text", text: "Oui, à une heure" });
  await page.getByRole("button", { name: words.thread.edited }).click();
  await expect(page.getByRole("dialog").getByText("Oui, à midi")).toBeVisible();
  await page.keyboard.press("Escape");

  await choose("Bob", "On déjeune demain", words.thread.star);
  await page.reload();
  await expect(article(words.app.you, "Oui, à une heure")).toBeVisible();
  await visit(camille, "/settings/starred");
  await page.getByRole("link", { name: /On déjeune demain/u }).click();

  await choose(words.app.you, "Oui, à une heure", words.thread.deleteForEveryone);
  await page.getByRole("button", { name: words.thread.forgetDo }).click();
  await expect.poll(async () => (await atBob()).at(-1)?.body.kind).toBe("deleted");
  await expect(page.getByText("Oui, à une heure")).toHaveCount(0);
});
