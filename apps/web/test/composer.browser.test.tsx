import { PliError } from "@pli/engine/errors";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { Composer } from "../src/ui/thread/composer/composer.tsx";
import type { DraftKeeper } from "../src/ui/thread/composer/draft.ts";
import { changePreferences } from "../src/ui/preferences.ts";
import { fr } from "../src/words/fr.ts";
import { show } from "./screen.tsx";

const field = () => page.getByLabelText(fr.composer.field("Camille"));
const sendButton = () => page.getByRole("button", { name: fr.composer.send });

function showComposer(options: { draft?: string; onSend?: DraftKeeper["send"] } = {}) {
  const { draft = "" } = options;
  const save = vi.fn<DraftKeeper["save"]>((text) => Promise.resolve(text));
  const send = vi.fn<DraftKeeper["send"]>(options.onSend ?? (() => Promise.resolve()));
  const keeper = { save, send, read: () => Promise.resolve(draft) };
  const shown = show(<Composer name="Camille" draft={draft} keeper={keeper} />);
  return { ...shown, saved: () => save.mock.calls.map(([text]) => text), send };
}

test("Enter sends what is written, without the spaces at its end, and empties the field", async () => {
  const { send } = showComposer();
  await field().fill("    indented\nnot \n");
  await userEvent.keyboard("{Enter}");
  expect(send.mock.calls.map(([text]) => text)).toEqual(["    indented\nnot"]);
  await expect.element(field()).toHaveValue("");
  await expect.element(field()).toHaveFocus();
});

test("Shift and Enter begins a line and sends nothing", async () => {
  const { send } = showComposer();
  await field().fill("one");
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}two");
  await expect.element(field()).toHaveValue("one\ntwo");
  expect(send).not.toHaveBeenCalled();
});

test("nothing but spaces is not sent, by key or by button", async () => {
  const { send } = showComposer();
  await field().fill(" \n ");
  await userEvent.keyboard("{Enter}");
  await userEvent.click(sendButton(), { force: true });
  expect(send).not.toHaveBeenCalled();
});

for (const [browser, said] of [
  ["Chromium", { isComposing: true }],
  ["Safari", { isComposing: false, keyCode: 229 }],
] as const) {
  test(`Enter that ends a composed character sends nothing, as ${browser} says it`, async () => {
    const { send } = showComposer();
    await field().fill("にほん");
    const key = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...said });
    field().element().dispatchEvent(key);
    expect(send).not.toHaveBeenCalled();
    await expect.element(field()).toHaveValue("にほん");
  });
}

test("what could not be taken, being too long, comes back, before what was written since", async () => {
  let refuse: (error: Error) => void = () => undefined;
  showComposer({ onSend: () => new Promise((_, reject) => (refuse = reject)) });
  await field().fill("far too long");
  await userEvent.keyboard("{Enter}next");
  refuse(new PliError("message_too_long"));
  await expect.element(field()).toHaveValue("far too long\nnext");
});

test("a draft is there again, and is kept a moment after the last key", async () => {
  const { saved } = showComposer({ draft: "begun" });
  await expect.element(field()).toHaveValue("begun");
  expect(saved()).toEqual([]);
  await field().fill("begun and");
  await vi.waitFor(() => expect(saved()).toEqual(["begun and"]));
});

for (const [when, leave] of [
  ["the composer goes away", ({ unmount }: ReturnType<typeof showComposer>) => unmount()],
  ["the page goes away", () => dispatchEvent(new PageTransitionEvent("pagehide"))],
] as const) {
  test(`a draft is kept at once when ${when}`, async () => {
    const shown = showComposer();
    await field().fill("un");
    await field().fill("unfinished");
    leave(shown);
    expect(shown.saved().at(-1)).toBe("unfinished");
  });
}

test("a text is sent together with the draft that it was, and no draft is kept after it", async () => {
  const { saved, send, unmount } = showComposer({ draft: "begun" });
  await userEvent.click(sendButton());
  await expect.element(field()).toHaveValue("");
  unmount();
  expect(send.mock.calls).toEqual([["begun", "begun"]]);
  expect(saved()).toEqual([]);
});

test("the browser is asked to keep nothing of what is typed", async () => {
  showComposer();
  await expect.element(field()).toHaveAttribute("autocomplete", "off");
});

test("what is written from right to left is laid out so while it is typed", async () => {
  showComposer();
  const direction = () => getComputedStyle(field().element()).direction;
  await field().fill("مرحبا hello!");
  expect(direction()).toBe("rtl");
  await field().fill("hello مرحبا");
  expect(direction()).toBe("ltr");
});

test("a key marks what is selected, and the browser's own undo takes it back", async () => {
  showComposer();
  await field().fill("a word");
  const element = field().element() as HTMLTextAreaElement;
  element.setSelectionRange(2, 6);
  await userEvent.keyboard("{Control>}b{/Control}");
  await expect.element(field()).toHaveValue("a **word**");
  expect(element.value.slice(element.selectionStart, element.selectionEnd)).toBe("word");
  await expect.element(page.getByRole("region", { name: fr.composer.preview })).toMatchTextContent("a word");
  await userEvent.keyboard("{Control>}z{/Control}");
  await expect.element(field()).toHaveValue("a word");
  await expect.element(page.getByRole("region", { name: fr.composer.preview })).not.toBeInTheDocument();
});

test("the bar is shown on request, stays, and marks without taking the selection", async () => {
  const { unmount } = showComposer();
  await userEvent.click(page.getByRole("button", { name: fr.composer.showFormats }));
  unmount();
  showComposer({ draft: "one\ntwo" });
  await expect.element(field()).toHaveValue("one\ntwo");
  const element = field().element() as HTMLTextAreaElement;
  element.setSelectionRange(0, 7);
  await userEvent.click(page.getByRole("button", { name: fr.composer.formats.list }));
  await expect.element(field()).toHaveValue("- one\n- two");
  await expect.element(field()).toHaveFocus();
  await userEvent.click(page.getByRole("button", { name: fr.composer.formats.list }));
  await expect.element(field()).toHaveValue("one\ntwo");
  await userEvent.click(page.getByRole("button", { name: fr.composer.hideFormats }));
  await expect.element(page.getByRole("toolbar")).not.toBeInTheDocument();
});

test("the browser checks the spelling until the setting is off", async () => {
  showComposer();
  await expect.element(field()).toHaveAttribute("spellcheck", "true");
  changePreferences({ spellcheck: false });
  await expect.element(field()).toHaveAttribute("spellcheck", "false");
  changePreferences({ spellcheck: true });
});
