import { PliError } from "@pli/engine/errors";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { Composer } from "../src/ui/thread/composer.tsx";
import { fr } from "../src/words/fr.ts";
import { show } from "./screen.tsx";

const field = () => page.getByLabelText(fr.composer.field("Camille"));
const sendButton = () => page.getByRole("button", { name: fr.composer.send });

function showComposer(p: { draft?: string; onSend?: (text: string) => Promise<void> } = {}) {
  const onDraft = vi.fn<(text: string) => void>();
  const onSend = vi.fn<(text: string) => Promise<void>>(p.onSend ?? (() => Promise.resolve()));
  const shown = show(<Composer name="Camille" draft={p.draft ?? ""} onDraft={onDraft} onSend={onSend} />);
  return { ...shown, onDraft, onSend };
}

test("Enter sends what is written, without the spaces around it, and empties the field", async () => {
  const { onSend } = showComposer();
  await field().fill("  Bonjour ");
  await userEvent.keyboard("{Enter}");
  expect(onSend.mock.calls).toEqual([["Bonjour"]]);
  await expect.element(field()).toHaveValue("");
  await expect.element(field()).toHaveFocus();
});

test("Shift and Enter begins a line and sends nothing", async () => {
  const { onSend } = showComposer();
  await field().fill("one");
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}two");
  await expect.element(field()).toHaveValue("one\ntwo");
  expect(onSend).not.toHaveBeenCalled();
});

test("nothing but spaces is not sent, by key or by button", async () => {
  const { onSend } = showComposer();
  await field().fill(" \n ");
  await userEvent.keyboard("{Enter}");
  await userEvent.click(sendButton(), { force: true });
  expect(onSend).not.toHaveBeenCalled();
});

test("Enter that ends a composed character sends nothing", async () => {
  const { onSend } = showComposer();
  await field().fill("にほん");
  field()
    .element()
    .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true }));
  expect(onSend).not.toHaveBeenCalled();
  await expect.element(field()).toHaveValue("にほん");
});

test("what could not be taken, being too long, comes back, before what was written since", async () => {
  let refuse: (error: Error) => void = () => undefined;
  showComposer({ onSend: () => new Promise((_, reject) => (refuse = reject)) });
  await field().fill("far too long");
  await userEvent.keyboard("{Enter}next");
  refuse(new PliError("message_too_long"));
  await expect.element(field()).toHaveValue("far too long\nnext");
});

test("a draft is there again, and is kept a moment after the last key", async () => {
  const { onDraft } = showComposer({ draft: "begun" });
  await expect.element(field()).toHaveValue("begun");
  expect(onDraft).not.toHaveBeenCalled();
  await field().fill("begun and");
  await vi.waitFor(() => expect(onDraft.mock.calls).toEqual([["begun and"]]));
});

test("a draft is kept at once when the composer goes away", async () => {
  const { onDraft, unmount } = showComposer();
  await field().fill("unfinished");
  unmount();
  expect(onDraft.mock.calls.at(-1)).toEqual(["unfinished"]);
});

test("a draft that was sent is forgotten", async () => {
  const { onDraft, unmount } = showComposer({ draft: "begun" });
  await userEvent.click(sendButton());
  await expect.element(field()).toHaveValue("");
  unmount();
  expect(onDraft.mock.calls.at(-1)).toEqual([""]);
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
