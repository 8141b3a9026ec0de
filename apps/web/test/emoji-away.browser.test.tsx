import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { EmojiButton } from "../src/ui/emoji/button.tsx";
import { fr } from "../src/words/fr.ts";
import { show } from "./screen.tsx";

vi.mock(import("../src/ui/emoji/data.ts"), async (original) => ({
  ...(await original()),
  loadEmoji: () => Promise.reject(new TypeError("Failed to fetch dynamically imported module")),
}));

test("emoji that cannot be loaded say so, and the page stays as it is", async () => {
  show(<EmojiButton label={fr.emoji.add} icon="+" onChoose={() => undefined} />);
  await userEvent.click(page.getByRole("button", { name: fr.emoji.add }));
  await expect.element(page.getByText(fr.emoji.away)).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await expect.element(page.getByRole("button", { name: fr.emoji.add })).toBeVisible();
});
