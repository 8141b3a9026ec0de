import { expect, test } from "vitest";
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
