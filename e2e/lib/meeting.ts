import { expect } from "@playwright/test";
import { digitsOf, invite, startWriting, typeCode, type Person } from "./browser.ts";
import { whenLive, type HomePerson } from "./homes.ts";

/**
 * The person at the browser invites, the one with a home accepts, and both read out their digits.
 * Ends in the thread.
 */
export async function meet(person: Person, home: HomePerson): Promise<void> {
  const pairing = await acceptAtHome(home, await invite(person));
  await exchangeCodes(person, home, pairing);
  await startWriting(person, home.name);
}

export async function acceptAtHome(home: HomePerson, link: string): Promise<string> {
  const { pairing } = await home.api.acceptInvitation({ link });
  return pairing;
}

export async function exchangeCodes(person: Person, home: HomePerson, pairing: string): Promise<void> {
  const view = await whenLive(home.api, "pairing", { id: pairing }, (value) => value?.say !== undefined);
  await home.api.typeCode({ pairing, digits: await digitsOf(person) });
  await typeCode(person, home.name, view?.say ?? "");
  await expect(person.page.getByRole("heading", { name: person.words.pairingEnd.done(home.name) })).toBeVisible();
}

/** The home's conversation with somebody of that name. */
export async function conversationWith(home: HomePerson, name: string): Promise<string> {
  const all = await home.api.read("conversations", {});
  const found = all.find((conversation) => conversation.name === name);
  if (found === undefined) throw new Error(`no conversation with ${name}`);
  return found.id;
}
