import { expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { ContactScreen } from "../src/ui/contact/contact.tsx";
import { fr } from "../src/words/fr.ts";
import { contact, conversation, fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

function showContact(groupsWith: ReturnType<typeof conversation>[]): void {
  show(
    <WithApi api={fakeApi({ contact: contact("Camille"), groupsWith })}>
      <ContactScreen id="id-Camille" />
    </WithApi>,
  );
}

const title = () => page.getByRole("heading", { name: fr.contact.groups });

test("the groups shared with a contact are named on their page, and lead there", async () => {
  showContact([conversation(), conversation({ id: "h", name: "Chorale", members: 12 })]);
  await expect.element(title()).toBeVisible();
  const budget = page.getByRole("link", { name: /^Budget/u });
  await expect.element(budget).toHaveAttribute("href", "/c/g");
  await expect.element(budget).toHaveAccessibleName("Budget 2 membres");
  await expect.element(page.getByRole("link", { name: /^Chorale/u })).toHaveAttribute("href", "/c/h");
});

test("with none there is no such list", async () => {
  showContact([]);
  await expect.element(page.getByRole("heading", { name: "Camille" })).toBeVisible();
  await expect.element(title()).not.toBeInTheDocument();
});

test("blocking asks first, says how much could be deleted with it, and does only what is chosen", async () => {
  const block = vi.fn(() => Promise.resolve());
  const values = { contact: contact("Camille"), groupsWith: [], keptOf: { messages: 1204, bytes: 18_400_000 } };
  show(
    <WithApi api={fakeApi(values, { block })}>
      <ContactScreen id="id-Camille" />
    </WithApi>,
  );
  const dialog = page.getByRole("alertdialog");
  const open = () => page.getByRole("button", { name: fr.contact.block, exact: true }).click();
  await open();
  await expect.element(dialog.getByText(/^1.204 messages, environ 18.Mo/u)).toBeVisible();
  await dialog.getByRole("switch", { name: fr.contact.eraseToo }).click();
  await dialog.getByRole("button", { name: fr.contact.block }).click();
  expect(block).toHaveBeenLastCalledWith({ contact: "id-Camille", blocked: true, erase: true });
  await expect.element(page.getByText(fr.contact.erased(1204))).toBeVisible();
  await open();
  await dialog.getByRole("button", { name: fr.contact.block }).click();
  expect(block).toHaveBeenLastCalledWith({ contact: "id-Camille", blocked: true, erase: false });
  await open();
  await dialog.getByRole("button", { name: fr.app.cancel }).click();
  await expect.element(dialog).not.toBeInTheDocument();
  expect(block).toHaveBeenCalledTimes(2);
});

test("the page of a contact says when they sent or asked for too much", async () => {
  const passedOver = { count: 26, at: Date.UTC(2026, 10, 24, 12) };
  show(
    <WithApi api={fakeApi({ contact: { ...contact("Camille"), passedOver }, groupsWith: [] })}>
      <ContactScreen id="id-Camille" />
    </WithApi>,
  );
  await expect.element(page.getByText(/26 fois en 30 jours, en dernier le 24 novembre 2026/u)).toBeVisible();
});
