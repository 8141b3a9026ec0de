/** Linking a device, at browsers. */
import { expect } from "@playwright/test";
import type { Person } from "./browser.ts";

/** On a browser that is nobody's yet: its link. */
export async function showDeviceLink({ page, words }: Person, store: string, name: string): Promise<string> {
  await page.goto(store);
  await page.getByRole("button", { name: words.devices.here }).click();
  await page.getByLabel(words.devices.hereName).fill(name);
  await page.getByRole("button", { name: words.devices.hereGo }).click();
  const link = page.getByLabel(words.devices.link);
  await expect(link).toHaveValue(/\/d#/u);
  return link.inputValue();
}

/** On the device that is there: from any screen to the link that it is asked for. */
export async function addDevice({ page, words }: Person, link: string): Promise<void> {
  await page.getByRole("link", { name: words.settings.title }).first().click();
  await page.getByRole("link", { name: words.settings.devices }).click();
  await page.getByRole("button", { name: words.devices.add }).click();
  await page.getByLabel(words.devices.field).fill(link);
  await page.getByRole("button", { name: words.devices.go }).click();
}

/** The four digits to type on the other one. */
export async function deviceDigitsOf({ page, words }: Person): Promise<string> {
  const shown = page.getByRole("img", { name: words.devices.code.sayLabel("") });
  await expect(shown).toBeVisible();
  return (await shown.innerText()).replaceAll(/\D/gu, "");
}

export async function typeDeviceDigits({ page, words }: Person, digits: string): Promise<void> {
  await page.getByLabel(words.devices.code.type("")).fill(digits);
  await page.getByRole("button", { name: words.devices.code.check }).click();
}

/** On the device that was there: the new one is in the list. */
export async function finishLinking({ page, words }: Person, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name: words.devices.done(name) })).toBeVisible();
  await page.getByRole("button", { name: words.devices.doneGo }).click();
}
