import type { ConversationView, PliApi } from "@pli/engine/api";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ConversationRow } from "../src/ui/conversations/row.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { conversation, fakeApi, group, message, rejoining } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

function showThread(
  about: Partial<ConversationView>,
  values: Parameters<typeof fakeApi>[0] = {},
  calls: Partial<PliApi> = {},
) {
  const messages = { messages: [message({ order: 1 })], hasOlder: false, hasNewer: false };
  show(
    <WithApi api={fakeApi({ group: group(), messages, ...values }, calls)}>
      <div style={{ blockSize: "500px" }}>
        <Thread conversation={conversation(about)} />
      </div>
    </WithApi>,
  );
}

const composer = () => page.getByRole("textbox", { name: fr.composer.field("Budget") });

test("each author is named once above what they wrote together", async () => {
  const messages = [
    message({ order: 1 }),
    message({ order: 2 }),
    message({ order: 3, from: "id-Paul", fromName: "Paul" }),
    message({ order: 4, mine: true, state: "sent", fromName: "Nadia" }),
  ];
  showThread({}, { messages: { messages, hasOlder: false, hasNewer: false } });
  await expect.element(page.getByText("message 4")).toBeVisible();
  expect(page.getByText("Camille", { exact: true }).elements()).toHaveLength(1);
  expect(page.getByText("Paul", { exact: true }).elements()).toHaveLength(1);
  expect(page.getByText("Nadia", { exact: true }).elements()).toHaveLength(0);
  await expect.element(page.getByRole("article").nth(1)).toHaveAccessibleName(/^Camille, /u);
});

test("of one's own message it is said and shown how many have it and how many read it", async () => {
  const mine = { mine: true, state: "sent" as const };
  const messages = [
    message({ order: 1, ...mine, delivered: 0, read: 0 }),
    message({ order: 2, ...mine, delivered: 3, read: 0 }),
    message({ order: 3, ...mine, delivered: 3, read: 2 }),
  ];
  showThread({}, { messages: { messages, hasOlder: false, hasNewer: false } });
  const article = (order: number) => page.getByRole("article").filter({ hasText: `message ${order}` });
  await expect.element(article(1)).toHaveAccessibleName(/envoyé$/u);
  await expect.element(article(2)).toHaveAccessibleName(/remis à 3$/u);
  await expect.element(article(3)).toHaveAccessibleName(/remis à 3, lu par 2$/u);
  await expect.element(page.getByText(/^lu par 2/u)).toBeVisible();
  const marks = [1, 2, 3].map((order) => article(order).element().querySelector("[data-state]"));
  expect(marks.map((mark) => mark?.getAttribute("data-state"))).toEqual(["sent", "delivered", "read"]);
});

test("a message that disappears says when", async () => {
  const expiring = message({ order: 1, expiresAt: Date.now() + 3 * 86_400_000 });
  showThread({}, { messages: { messages: [expiring], hasOlder: false, hasNewer: false } });
  await expect.element(page.getByRole("img", { name: /^Disparaît dans 3 jours/u })).toBeVisible();
});

test.each<[string, Partial<ConversationView>, Parameters<typeof fakeApi>[0], string]>([
  ["a reader", { role: "reader" }, {}, fr.group.composer.reader],
  [
    "a reader, while the group is being set up again,",
    { role: "reader", state: "rejoining" },
    { group: group({ state: "rejoining", rejoining: rejoining({ waitsFor: [{ id: "id-Anna", name: "Anna" }] }) }) },
    fr.group.composer.reader,
  ],
  [
    "a member of an announcement group",
    { role: "member" },
    { group: group({ whoWrites: "admins" }) },
    fr.group.composer.announcements,
  ],
  [
    "somebody about to leave",
    { role: "member" },
    { group: group({ pending: [{ id: "1", operation: { kind: "leave" }, since: 0, waitsFor: "store" }] }) },
    fr.group.composer.leaving,
  ],
  ["somebody who left", { state: "left" }, { group: undefined }, fr.group.composer.left],
  ["somebody who joins", { state: "joining" }, { group: undefined }, fr.group.composer.joining],
])("%s sees one line in the place of the composer", async (_, about, values, line) => {
  showThread({ writable: false, ...about }, values);
  await expect.element(page.getByText(line, { exact: true })).toBeVisible();
  await expect.element(composer()).not.toBeInTheDocument();
});

const [anna, boris] = [
  { id: "id-Anna", name: "Anna" },
  { id: "id-Boris", name: "Boris" },
];

test.each<[string, Parameters<typeof rejoining>[0], string]>([
  [
    "several contacts",
    { waitsFor: [anna, boris] },
    "En attente de l’un d’entre eux\u00a0: Anna, Boris. Vos messages partiront ensuite, dans l’ordre.",
  ],
  ["one", { waitsFor: [anna] }, "Pli attend Anna. Vos messages partiront ensuite, dans l’ordre."],
  [
    "those who have answered",
    { answered: [anna] },
    "Anna a répondu. Pli continue de lui-même dès que possible. Vos messages partiront ensuite, dans l’ordre.",
  ],
])("while this device is rejoining, the thread says that it waits for %s", async (_, about, text) => {
  showThread({ state: "rejoining" }, { group: group({ state: "rejoining", rejoining: rejoining(about) }) });
  await expect.element(page.getByText(fr.group.rejoining.title, { exact: true })).toBeVisible();
  await expect.element(page.getByText(text, { exact: true })).toBeVisible();
  await expect.element(composer()).toBeVisible();
  await expect.element(page.getByRole("button", { name: fr.group.leave.do })).not.toBeInTheDocument();
});

test.each<[string, Parameters<typeof rejoining>[0], RegExp]>([
  [
    "nobody can be asked",
    {},
    /^Vous ne connaissez personne dans ce groupe .* quitter le groupe\. Ce que vous écrivez attend/u,
  ],
  [
    "a contact says that one is out",
    { refusedBy: [anna] },
    /^Anna dit que vous ne faites plus partie de ce groupe\. Si c’est exact, quittez/u,
  ],
])("when %s, the thread says so and offers to leave, which is done at once", async (_, about, text) => {
  const leaveGroup = vi.fn<PliApi["leaveGroup"]>(() => Promise.resolve());
  const stopped = group({ state: "rejoining", rejoining: rejoining(about), leaveNeedsSuccessor: true });
  showThread({ state: "rejoining" }, { group: stopped }, { leaveGroup });
  await expect.element(page.getByText(text)).toBeVisible();
  await userEvent.click(page.getByRole("button", { name: fr.group.leave.do }));
  const dialog = page.getByRole("alertdialog");
  await expect.element(dialog.getByText(fr.group.leave.rejoiningText)).toBeVisible();
  await expect.element(dialog.getByRole("radio")).not.toBeInTheDocument();
  await userEvent.click(dialog.getByRole("button", { name: fr.group.leave.do }));
  expect(leaveGroup.mock.calls).toEqual([[{ conversation: "g" }]]);
});

test("while this device is rejoining, a reader has no composer, and sees nothing about waiting messages", async () => {
  const stopped = group({ state: "rejoining", rejoining: rejoining({ waitsFor: [anna] }) });
  showThread({ state: "rejoining", writable: false, role: "reader" }, { group: stopped });
  await expect.element(page.getByText(fr.group.composer.reader, { exact: true })).toBeVisible();
  await expect.element(page.getByText("Pli attend Anna.", { exact: true })).toBeVisible();
  await expect.element(composer()).not.toBeInTheDocument();
});

test("joining shows how far it is", async () => {
  showThread({ writable: false, state: "joining", progress: { done: 250_000, total: 1_000_000 } });
  const bar = page.getByRole("progressbar", { name: fr.group.composer.joining });
  await expect.element(bar).toHaveAttribute("value", "250000");
});

test("a member who may write has the composer", async () => {
  showThread({});
  await expect.element(composer()).toBeVisible();
});

test("messages from before are under a line that says who passed them on, and each is marked", async () => {
  const fromRosterOf = { id: "id-Paul", name: "Paul" };
  const messages = [
    message({ order: 1, fromRosterOf }),
    message({ order: 2, fromRosterOf }),
    message({ order: 3 }),
    message({ order: 4, from: "id-Paul", fromName: "Paul" }),
  ];
  showThread({}, { messages: { messages, hasOlder: false, hasNewer: false } });
  await expect.element(page.getByText(fr.group.toldBefore("Paul"), { exact: true })).toBeVisible();
  const marks = page.getByRole("article").getByText(fr.group.toldBy("Paul"), { exact: false });
  await expect.element(marks).toBeVisible(); // once for both
  const article = (order: number) => page.getByRole("article").filter({ hasText: `message ${order}` });
  for (const order of [1, 2])
    await expect.element(article(order)).toHaveAccessibleName(/^Camille, transmis par Paul, /u);
  await expect.element(article(3)).toHaveAccessibleName(/^Camille, (?!transmis)/u);
  await expect.element(article(4)).toHaveAccessibleName(/^Paul, (?!transmis)/u);
  expect(page.getByText("Camille", { exact: true }).elements()).toHaveLength(2); // above what Paul passed on, and above her own
});

test("where messages disappear the header says so, and the list", async () => {
  const timed = conversation({ timer: 604_800 });
  showThread(timed);
  const mark = page.getByRole("img", { name: "Les messages disparaissent au bout d’une semaine" });
  await expect.element(mark).toBeVisible();
  show(
    <WithApi api={fakeApi({})}>
      <ConversationRow conversation={timed} current={false} now={0} />
      <ConversationRow conversation={conversation()} current={false} now={0} />
    </WithApi>,
  );
  await expect
    .element(
      page
        .getByRole("link")
        .getByRole("img", { name: /disparaissent/u })
        .nth(1),
    )
    .toBeVisible();
  expect(mark.elements()).toHaveLength(2);
});

test("messages that were not kept can be asked for again, of contacts", async () => {
  const askForHeld = vi.fn(() => Promise.resolve());
  const messages = [
    message({ order: 1, body: { kind: "held", count: 12, bytes: 700_000, mayAsk: true } }),
    message({ order: 2, fromName: "Paul", body: { kind: "held", count: 1, bytes: 60_000, mayAsk: false } }),
  ];
  showThread({}, { messages: { messages, hasOlder: false, hasNewer: false } }, { askForHeld });
  await expect.element(page.getByText(/^Un message de Paul n’a pas été conservé/u)).toBeVisible();
  await page.getByRole("button", { name: fr.thread.heldAsk }).click();
  expect(askForHeld).toHaveBeenCalledExactlyOnceWith({ message: "m1" });
  await expect.element(page.getByText(fr.thread.heldAsked("Camille"))).toBeVisible();
});
