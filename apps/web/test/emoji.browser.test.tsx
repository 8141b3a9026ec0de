import type { PliApi } from "@pli/engine/api";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { EmojiButton } from "../src/ui/emoji/button.tsx";
import { fr } from "../src/words/fr.ts";
import { show, WithApi } from "./screen.tsx";

function showButton(recent: readonly string[] = []) {
  const onChoose = vi.fn();
  const rememberEmoji = vi.fn<PliApi["rememberEmoji"]>(() => Promise.resolve());
  const watch = ((_name: string, _parameters: object, listener: (value: unknown) => void) => {
    listener({ recent });
    return () => undefined;
  }) as PliApi["watch"];
  show(
    <WithApi api={{ watch, rememberEmoji }}>
      <EmojiButton label={fr.emoji.add} icon="+" onChoose={onChoose} />
    </WithApi>,
  );
  return { onChoose, rememberEmoji };
}

const open = () => userEvent.click(page.getByRole("button", { name: fr.emoji.add }));
const option = (name: string) => page.getByRole("option", { name, exact: true });

test("an emoji is found by its name without accents, chosen by keys, given and remembered", async () => {
  const { onChoose, rememberEmoji } = showButton();
  await open();
  await expect.element(option("visage rieur")).toBeVisible();
  await userEvent.keyboard("fete popper");
  await expect.element(page.getByText(fr.emoji.none)).toBeVisible();
  await userEvent.clear(page.getByRole("searchbox"));
  await userEvent.keyboard("fusee");
  await expect.element(option("fusée")).toBeVisible();
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await vi.waitFor(() => expect(onChoose.mock.calls).toEqual([["🚀"]]));
  expect(rememberEmoji.mock.calls).toEqual([[{ emoji: "🚀" }]]);
  await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
});

test("those chosen last stand first, and their tone of skin is kept", async () => {
  const { onChoose } = showButton(["👍🏽", "🎉"]);
  await open();
  await expect.element(page.getByRole("option").first()).toMatchTextContent("👍🏽");
  await userEvent.click(page.getByRole("button", { name: fr.emoji.names[1] }));
  await userEvent.click(option("signe de la main"));
  await vi.waitFor(() => expect(onChoose.mock.calls).toEqual([["👋🏽"]]));
});

test("the tone of skin changes for all", async () => {
  showButton();
  await open();
  await userEvent.click(page.getByRole("button", { name: fr.emoji.names[1] }));
  await expect.element(option("signe de la main")).toMatchTextContent("👋");
  await userEvent.click(page.getByRole("button", { name: fr.emoji.tone }));
  await expect.element(option("signe de la main")).toMatchTextContent("👋🏻");
});
