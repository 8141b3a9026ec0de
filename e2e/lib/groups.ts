import { expect, type Locator } from "@playwright/test";
import { visit, type Person } from "./browser.ts";
import { whenLive, type HomePerson } from "./homes.ts";

/** Makes a group of these contacts and ends in its thread. */
export async function createGroup({ page, words }: Person, name: string, contacts: readonly string[]): Promise<void> {
  await page.getByRole("link", { name: words.group.new }).first().click();
  await page.getByLabel(words.group.name, { exact: true }).fill(name);
  for (const contact of contacts) await page.getByRole("checkbox", { name: contact }).check();
  await page.getByRole("button", { name: words.group.createWith(contacts.length) }).click();
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
}

/** Contacts add this person to groups without asking, from now on. */
export async function addWithoutAsking({ page, words }: Person): Promise<void> {
  await visit({ page }, "/settings/privacy");
  await page.getByRole("switch", { name: words.privacy.groups }).click();
  await expect(page.getByRole("switch", { name: words.privacy.groups })).not.toBeChecked();
  await visit({ page }, "/");
}

/** Opens what this person is asked, from the list. */
export async function openQuestion({ page, words }: Person, text: string): Promise<void> {
  const list = page.getByRole("region", { name: words.group.questions.title });
  await list.getByRole("link").filter({ hasText: text }).click();
  await expect(page.getByRole("main").getByRole("heading", { name: text })).toBeVisible();
}

/** Opens a conversation from the list, which on a phone is a screen of its own. */
export async function openConversation({ page, words }: Person, name: string): Promise<void> {
  const list = page.getByRole("navigation", { name: words.list.title });
  if (!(await list.isVisible())) await visit({ page }, "/");
  const row = list.getByRole("link").filter({ has: page.getByText(name, { exact: true }) });
  await row.first().click();
  await expect(page.getByRole("main").getByRole("heading", { name, exact: true }).first()).toBeVisible();
}

/** From anywhere to the page that says who is in a group. */
export async function openGroup(person: Person, name: string): Promise<void> {
  const { page, words } = person;
  await openConversation(person, name);
  await page.getByTitle(words.group.about(name)).click();
  await expect(page.getByRole("heading", { name: words.group.title, exact: true })).toBeVisible();
}

/** Chooses from the menu of a member, on the page of the group. */
export async function chooseFor({ page, words }: Person, member: string, choice: string): Promise<void> {
  await page.getByRole("button", { name: words.group.members.actions(member) }).click();
  await page.getByRole("menuitem", { name: choice, exact: true }).click();
}

/** Says yes in the question now asked. */
export async function confirm({ page }: Person, answer: string): Promise<void> {
  await page.getByRole("alertdialog").getByRole("button", { name: answer, exact: true }).click();
}

/** A line of the open conversation that is no message. */
export function note({ page, words }: Person, conversation: string, text: string): Locator {
  return page.getByRole("log", { name: words.thread.log(conversation) }).getByText(text, { exact: true });
}

/** The home's group of that name, once it can be written in; its id there. */
export async function whenInGroup(home: HomePerson, name: string): Promise<string> {
  const isIn = ({
    kind,
    state,
    writable,
    name: called,
  }: {
    kind: string;
    state: string;
    writable: boolean;
    name: string;
  }) => kind === "group" && called === name && state === "ready" && writable;
  const all = await whenLive(home.api, "conversations", {}, (conversations) => conversations.some(isIn));
  return all.find(isIn)?.id ?? "";
}
