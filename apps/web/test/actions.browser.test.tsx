import type { ConversationView, MessageView, PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { StarredScreen } from "../src/ui/settings/starred.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { conversation, fakeApi, group, message } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

function showThread(all: readonly MessageView[], about: Partial<ConversationView> = {}, refused?: Error) {
  const calls = {
    sendText: vi.fn<PliApi["sendText"]>(() =>
      refused === undefined ? Promise.resolve({ message: "new" }) : Promise.reject(refused),
    ),
    editText: vi.fn<PliApi["editText"]>(() => Promise.resolve()),
    react: vi.fn<PliApi["react"]>(() => Promise.resolve()),
    star: vi.fn<PliApi["star"]>(() => Promise.resolve()),
    deleteForEveryone: vi.fn<PliApi["deleteForEveryone"]>(() => Promise.resolve()),
    rememberEmoji: vi.fn<PliApi["rememberEmoji"]>(() => Promise.resolve()),
  };
  const messages = { messages: [...all], hasOlder: false, hasNewer: false };
  const versions = [
    { text: "first", at: 1 },
    { text: "second", at: 2 },
  ];
  const read = (() => Promise.resolve(messages)) as unknown as PliApi["read"];
  const conversations = [
    conversation({}),
    conversation({ id: "h", name: "Choir" }),
    conversation({ id: "r", name: "News", writable: false }),
  ];
  const api = fakeApi(
    { conversations, group: group(), messages, versions, emoji: { recent: ["🎉"] } },
    { ...calls, read },
  );
  show(
    <WithApi api={api}>
      <div style={{ blockSize: "600px" }}>
        <Thread conversation={conversation({ ...about })} />
      </div>
    </WithApi>,
  );
  return calls;
}

const THEIRS = message({ order: 1 });
const MINE = message({ order: 2, mine: true, state: "sent", fromName: "Nadia", body: { kind: "text", text: "first" } });
const field = (label = fr.composer.field("Budget")) => page.getByRole("textbox", { name: label });
const article = (order: number) => page.getByRole("article").nth(order - 1);

async function choose(order: number, choice: string): Promise<void> {
  await userEvent.click(article(order), { button: "right" });
  await userEvent.click(page.getByRole("menuitem", { name: choice, exact: true }));
}

test("an answer names what it answers, and the next message answers nothing", async () => {
  const { sendText } = showThread([THEIRS, MINE]);
  await choose(1, fr.thread.answer);
  await expect.element(page.getByText(fr.composer.answering("Camille"))).toBeVisible();
  await expect.element(field()).toHaveFocus();
  await userEvent.keyboard("yes{Enter}");
  await vi.waitFor(() => expect(sendText).toHaveBeenCalledOnce());
  expect(sendText.mock.calls[0]?.[0]).toMatchObject({ text: "yes", replyTo: "m1" });
  await expect.element(page.getByText(fr.composer.answering("Camille"))).not.toBeInTheDocument();
  await userEvent.keyboard("and{Enter}");
  await vi.waitFor(() => expect(sendText).toHaveBeenCalledTimes(2));
  expect(sendText.mock.calls[1]?.[0]).not.toHaveProperty("replyTo");
});

test("Escape answers nothing after all; an answer that was refused is there again", async () => {
  const { sendText } = showThread([THEIRS], {}, new PliError("message_too_long"));
  await expect.element(article(1)).toBeVisible();
  (article(1).element() as HTMLElement).focus();
  await userEvent.keyboard("r");
  await expect.element(page.getByText(fr.composer.answering("Camille"))).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await expect.element(page.getByText(fr.composer.answering("Camille"))).not.toBeInTheDocument();
  (article(1).element() as HTMLElement).focus();
  await userEvent.keyboard("r");
  await userEvent.keyboard("yes{Enter}");
  await vi.waitFor(() => expect(sendText).toHaveBeenCalledOnce());
  await expect.element(field()).toHaveValue("yes");
  await expect.element(page.getByText(fr.composer.answering("Camille"))).toBeVisible();
});

test("the upward arrow edits the last own text, and leaves the draft as it was", async () => {
  const { editText } = showThread([THEIRS, MINE]);
  await userEvent.click(field());
  await userEvent.keyboard("{ArrowUp}");
  await expect.element(field(fr.composer.editField)).toHaveValue("first");
  await userEvent.keyboard("{Escape}");
  await expect.element(field()).toHaveValue("");
  await choose(2, fr.thread.edit);
  await field(fr.composer.editField).fill("second");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(editText.mock.calls).toEqual([[{ message: "m2", text: "second" }]]));
  await expect.element(field()).toBeVisible();
});

test("an edited text says so and shows what it said before", async () => {
  showThread([{ ...MINE, edited: 2, body: { kind: "text", text: "second" } }]);
  await userEvent.click(page.getByRole("button", { name: fr.thread.edited }));
  await expect.element(page.getByRole("dialog")).toMatchTextContent("first");
});

test("an emoji is given from the picker, given as well, and taken back", async () => {
  const people = (name: string) => ({ id: `id-${name}`, name });
  const reactions = [
    { emoji: "👍", mine: false, people: [people("Camille"), people("Paul")] },
    { emoji: "❤️", mine: true, people: [{ id: "5e1f", name: "Nadia" }] },
  ];
  const { react } = showThread([{ ...THEIRS, reactions }]);
  await userEvent.click(page.getByRole("button", { name: "👍 Camille, Paul" }));
  await userEvent.click(page.getByRole("button", { name: `❤️ ${fr.app.you}` }));
  await choose(1, fr.thread.react);
  await userEvent.click(page.getByRole("option").first());
  await vi.waitFor(() =>
    expect(react.mock.calls).toEqual([
      [{ message: "m1", emoji: "👍" }],
      [{ message: "m1" }],
      [{ message: "m1", emoji: "🎉" }],
    ]),
  );
  await expect.element(article(1)).toHaveAccessibleName(/👍 Camille, Paul/u);
});

test("what is quoted is shown, or why it is not", async () => {
  const quote = {
    message: "m0",
    state: "here" as const,
    order: 1,
    from: "id-Camille",
    fromName: "Camille",
    text: "**so**",
  };
  showThread([
    THEIRS,
    { ...MINE, replyTo: quote },
    { ...message({ order: 3 }), replyTo: { message: "x", state: "missing" } },
    { ...message({ order: 4 }), replyTo: { message: "y", state: "deleted", order: 2 } },
  ]);
  await expect.element(article(2)).toMatchTextContent("Camilleso");
  await expect.element(page.getByText(fr.thread.quoteMissing)).toBeVisible();
  await expect.element(page.getByText(fr.thread.quoteDeleted)).toBeVisible();
  await userEvent.click(article(2).getByRole("button", { name: /Camille\s*so/u }));
  expect(location.search).toBe("?m=1");
  history.replaceState({}, "", location.pathname);
});

test("only one's own texts are edited and deleted for everybody, but a group's admins delete all", async () => {
  const { deleteForEveryone, star } = showThread([THEIRS, MINE], { role: "member" });
  await userEvent.click(article(1), { button: "right" });
  await expect.element(page.getByRole("menuitem", { name: fr.thread.star })).toBeVisible();
  await expect.element(page.getByRole("menuitem", { name: fr.thread.edit, exact: true })).not.toBeInTheDocument();
  await expect.element(page.getByRole("menuitem", { name: fr.thread.deleteForEveryone })).not.toBeInTheDocument();
  await userEvent.click(page.getByRole("menuitem", { name: fr.thread.star }));
  await choose(2, fr.thread.deleteForEveryone);
  await userEvent.click(page.getByRole("button", { name: fr.thread.forgetDo }));
  await vi.waitFor(() => expect(deleteForEveryone.mock.calls).toEqual([[{ message: "m2" }]]));
  expect(star.mock.calls).toEqual([[{ message: "m1", on: true }]]);
});

test("an admin deletes what others wrote", async () => {
  showThread([THEIRS], { role: "admin" });
  await userEvent.click(article(1), { button: "right" });
  await expect.element(page.getByRole("menuitem", { name: fr.thread.deleteForEveryone })).toBeVisible();
});

test("a reader answers nothing, and may copy and star", async () => {
  showThread([THEIRS], { role: "reader", writable: false });
  await userEvent.click(article(1), { button: "right" });
  await expect.element(page.getByRole("menuitem", { name: fr.thread.copy })).toBeVisible();
  await expect.element(page.getByRole("menuitem", { name: fr.thread.answer })).not.toBeInTheDocument();
});

test("a text is forwarded to several, where one may write, and its author is not named", async () => {
  const { sendText } = showThread([THEIRS]);
  await choose(1, fr.thread.forward);
  await expect.element(page.getByRole("checkbox", { name: "News" })).not.toBeInTheDocument();
  await userEvent.click(page.getByRole("checkbox", { name: "Budget" }));
  await userEvent.click(page.getByRole("checkbox", { name: "Choir" }));
  await userEvent.click(page.getByRole("dialog").getByRole("button", { name: fr.forward.send }));
  await vi.waitFor(() =>
    expect(sendText.mock.calls).toEqual([
      [{ conversation: "g", text: "message 1" }],
      [{ conversation: "h", text: "message 1" }],
    ]),
  );
  await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
});

test("where forwarding fails it is said, and what has left is not sent again", async () => {
  const { sendText } = showThread([THEIRS]);
  sendText.mockResolvedValueOnce({ message: "new" }).mockRejectedValueOnce(new PliError("not_in_group"));
  await choose(1, fr.thread.forward);
  await userEvent.click(page.getByRole("checkbox", { name: "Budget" }));
  await userEvent.click(page.getByRole("checkbox", { name: "Choir" }));
  const send = page.getByRole("dialog").getByRole("button", { name: fr.forward.send });
  await userEvent.click(send);
  await expect.element(page.getByRole("alert")).toBeVisible();
  await expect.element(page.getByRole("checkbox", { name: "Budget" })).not.toBeChecked();
  await userEvent.click(send);
  await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
  expect(sendText.mock.calls.map(([{ conversation }]) => conversation)).toEqual(["g", "h", "h"]);
});

test("starred messages are listed, and lead to their places", async () => {
  show(
    <WithApi api={fakeApi({ conversations: [conversation({})], starred: [{ ...THEIRS, starred: true }] })}>
      <StarredScreen />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: /message 1/u })).toHaveAttribute("href", "/c/g?m=1");
});
