import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { PliError } from "@pli/engine/errors";
import { errorSentence } from "@pli/engine/words";
import { Dialog } from "../src/ui/base/dialog.tsx";
import { Page } from "../src/ui/base/page.tsx";
import { useToasts } from "../src/ui/base/toast.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { conversation, fakeApi, message } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

/** A button that says something for a while. */
function Sayer({ name, text }: { name: string; text: string }) {
  const toasts = useToasts();
  return (
    <button type="button" onClick={() => toasts.say(text)}>
      {name}
    </button>
  );
}

const SENTENCE = "A sentence that is there for some seconds and that is long enough to take two lines on a phone.";

/** A window of this size, with the app's one screen in it. */
async function showWindow(node: React.ReactNode, width = 390): Promise<void> {
  await page.viewport(width, 600);
  const { element } = show(node);
  Object.assign(element.style, { position: "fixed", inset: "0", display: "flex", flexDirection: "column" });
}

const toast = (text = SENTENCE) => page.getByText(text, { exact: true });

/** Whether somebody who presses in the middle of it presses it. */
function isFree(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return there !== null && (element.contains(there) || there.contains(element));
}

for (const width of [390, 1280]) {
  test(`a toast covers nothing of a page, scrolled to its end, ${width} wide`, async () => {
    await showWindow(
      <WithApi api={fakeApi({})}>
        <div style={{ flex: 1, minBlockSize: 0 }}>
          <Page title="A page">
            <div style={{ blockSize: "2000px" }} />
            <Sayer name="the last button" text={SENTENCE} />
          </Page>
        </div>
      </WithApi>,
      width,
    );
    const last = page.getByRole("button", { name: "the last button" });
    await userEvent.click(last);
    await expect.element(toast()).toBeVisible();
    last.element().scrollIntoView({ block: "end" });
    expect(isFree(last.element())).toBe(true);
    expect(isFree(toast().element())).toBe(true);
  });

  test(`a failure to send is shown above the composer, ${width} wide`, async () => {
    const text = errorSentence("fr", "message_too_long");
    const api = fakeApi(
      { messages: { messages: [message({ order: 1 })], hasOlder: false, hasNewer: false } },
      { sendText: () => Promise.reject(new PliError("message_too_long")) },
    );
    await showWindow(
      <WithApi api={api}>
        <div style={{ flex: 1, minBlockSize: 0 }}>
          <Thread conversation={conversation()} />
        </div>
      </WithApi>,
      width,
    );
    const field = page.getByLabelText(fr.composer.field("Budget"));
    await field.fill("far too long");
    const send = page.getByRole("button", { name: fr.composer.send });
    const before = send.element().getBoundingClientRect().top;
    await userEvent.click(send);
    await expect.element(toast(text)).toBeVisible();
    await expect.element(field).toHaveValue("far too long");
    for (const element of [field, send, page.getByRole("article").last(), toast(text)])
      expect(isFree(element.element())).toBe(true);
    expect(send.element().getBoundingClientRect().top).toBe(before);
  });
}

test("where a dialog is open a toast stands in it", async () => {
  await showWindow(
    <WithApi api={fakeApi({})}>
      <Dialog open onClose={() => undefined} title="A question">
        <Sayer name="copy" text={SENTENCE} />
      </Dialog>
    </WithApi>,
  );
  await userEvent.click(page.getByRole("button", { name: "copy" }));
  await expect.element(page.getByRole("dialog").getByText(SENTENCE)).toBeVisible();
});
