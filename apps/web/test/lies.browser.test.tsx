import type { ContactView, Queries } from "@pli/engine/api";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ConversationRow } from "../src/ui/conversations/row.tsx";
import { SearchResults } from "../src/ui/conversations/results.tsx";
import { Members } from "../src/ui/group/members.tsx";
import { GroupScreen } from "../src/ui/group/screen.tsx";
import { Jump } from "../src/ui/shell/jump.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { contact, conversation, fakeApi, group, member, message, self } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

/** Somebody with valid keys who wants to pass for another. */
const MALLORY = "bad0bad0".padEnd(64, "0");
const BRUNO = "b0b0b0b0".padEnd(64, "1");
const known = (id: string, name: string, change: Partial<ContactView> = {}): ContactView => ({
  ...contact(name),
  id,
  conversation: `with-${id}`,
  ...change,
});
const withContact = ({ id, name, conversation: place }: ContactView, activeAt: number) =>
  conversation({ id: place, kind: "direct", contact: id, name, activeAt });

function showThread(texts: string[], values: Parameters<typeof fakeApi>[0] = {}, from = MALLORY, fromName = "Eve") {
  const messages = texts.map((text, order) => message({ order, from, fromName, body: { kind: "text", text } }));
  show(
    <WithApi api={fakeApi({ group: group(), messages: { messages, hasOlder: false, hasNewer: false }, ...values })}>
      <div style={{ blockSize: "500px" }}>
        <Thread conversation={conversation()} />
      </div>
    </WithApi>,
  );
}

const marks = () => [...document.querySelectorAll("article abbr")].map((mark) => mark.textContent);

test("what nobody sees, what turns, what commands and what piles up is marked, and each mark says what it is", async () => {
  showThread([`pay\u200bpal \u202egnp.exe\u202c \u001b[2J \u{e0068}\u{e0069} e${"\u0301".repeat(100)}`]);
  await expect.element(page.getByRole("article")).toBeVisible();
  expect(marks()).toEqual(["U+200B", "U+202E", "U+202C", "U+001B", "U+E0068 +1", "U+0301 +95"]);
  await expect.element(page.getByTitle(fr.shown.marks.invisible("U+200B"))).toBeVisible();
  await expect.element(page.getByTitle(fr.shown.marks.stacked("U+0301 et 95 autres"))).toBeVisible();
  const shown = document.querySelector("article")?.textContent ?? "";
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(shown).not.toMatch(/[\u200b\u202a-\u202e\u001b\u{e0000}-\u{e0fff}]|\u0301{5}/u);
});

test("what Persian, Hindi, emoji and the flag of Scotland need is not marked", async () => {
  const scotland = "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
  showThread([`می\u200cخواهم क्\u200dष 👩‍👩‍👧 ❤️ ${scotland} Tiếng Việt`.normalize("NFD")]);
  await expect.element(page.getByRole("article")).toBeVisible();
  expect(marks()).toEqual([]);
});

test("a text of nothing but spaces is not nothing, and code, quotes, lists and links hide nothing", async () => {
  showThread([
    " \u3000 ",
    "`a\u200bb`",
    "```\na\u200bb\n```",
    "> a\u200bb",
    "- a\u200bb",
    "https://a.example/b\u3164c",
  ]);
  await expect.element(page.getByRole("article").first()).toBeVisible();
  await vi.waitFor(() =>
    expect(marks()).toEqual(["U+0020 +2", ...Array.from({ length: 4 }, () => "U+200B"), "U+3164"]),
  );
});

test("piled-up accents do not paint over what stands around the message", async () => {
  showThread([`e${"\u0301".repeat(100)}`.repeat(20)]);
  await expect.element(page.getByRole("article")).toBeVisible();
  const bubble = document.querySelector("article abbr")?.closest("article > div");
  expect(bubble === null || bubble === undefined ? "" : getComputedStyle(bubble).overflow).toBe("hidden");
});

test("during a lockdown a link of somebody else is text", async () => {
  showThread(["https://example.org/a"], {
    settings: { readReceipts: true, askBeforeGroups: true, lockdown: true, messageCopy: false },
  });
  await expect.element(page.getByText("https://example.org/a")).toBeVisible();
  expect(document.querySelectorAll("article a")).toHaveLength(0);
});

test("a text that asks for words, or adds a device, is marked; advice against it is not", async () => {
  showThread([
    "Envoie-moi ta phrase de récupération",
    `https://pli.example.org/d#EQ${"aB3_-x9Z".repeat(9)}`,
    "Ne donne jamais ta phrase de récupération",
  ]);
  await expect.element(page.getByText("Ne donne jamais ta phrase de récupération")).toBeVisible();
  const marked = page.getByRole("note").elements();
  expect(marked.map(({ textContent }) => textContent)).toEqual([fr.thread.lures.secret, fr.thread.lures.link]);
});

test("what is copied is what was written", async () => {
  const written = "pay\u200bpal\u202e";
  const copied = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  showThread([written]);
  await userEvent.click(page.getByRole("article"), { button: "right" });
  await userEvent.click(page.getByRole("menuitem", { name: fr.thread.copy }));
  expect(copied.mock.calls).toEqual([[written]]);
  copied.mockRestore();
});

test("thousands of marks in one message are few elements", async () => {
  showThread(["a\u200b".repeat(16_000)]);
  await expect.element(page.getByRole("article")).toBeInTheDocument();
  expect(document.querySelectorAll("article abbr").length).toBeLessThanOrEqual(200);
});

test("a member called like a contact, like the reader or like “you” has a fingerprint beside the name", async () => {
  const values = {
    contacts: [known(BRUNO, "Bruno")],
    group: group({ members: [self(), member("Bruno", { id: MALLORY })] }),
  };
  for (const name of ["Bruno", "Вruno", "BRUNO", "Nadia", "Vous"]) {
    showThread(["ok"], values, MALLORY, name);
    await expect.element(page.getByRole("article").last()).toHaveAccessibleName(/\[bad0bad0\], /u);
    await expect.element(page.getByRole("article").last().getByText("[bad0bad0]")).toBeVisible();
  }
  showThread(["ok"], { ...values, group: group() }, BRUNO, "Bruno");
  await expect.element(page.getByRole("article").last()).toHaveAccessibleName(/^Bruno, /u);
});

test("a name that looks like a line stands in quotes in the list and in what is read out", async () => {
  const last = message({ order: 1, from: MALLORY, fromName: "Bruno : oui. Vous", body: { kind: "text", text: "ok" } });
  show(
    <WithApi api={fakeApi({ contacts: [known(BRUNO, "Bruno")] })}>
      <ConversationRow conversation={conversation({ last })} current={false} now={0} />
    </WithApi>,
  );
  await expect.element(page.getByRole("link")).toMatchTextContent(/“Bruno : oui\. Vous”.*ok/u);
});

test("under a group in the list, a second line of a text does not name another author", async () => {
  const last = message({
    order: 1,
    from: MALLORY,
    fromName: "Eve",
    body: { kind: "text", text: "ok\n\nBruno\u00a0: oui" },
  });
  show(
    <WithApi api={fakeApi({})}>
      <ConversationRow conversation={conversation({ last })} current={false} now={0} />
    </WithApi>,
  );
  await expect.element(page.getByRole("link")).toMatchTextContent(/Eve.: ok …/u);
});

test("in a line of the history a name cannot say more than a name, nor end the quotes of a group", async () => {
  const author = { from: MALLORY, fromName: "Eve, Bruno" };
  const line = (order: number, change: object) =>
    message({ order, ...author, body: { kind: "change", change: change as never } });
  const messages = [
    line(1, { what: "left", who: [{ id: MALLORY, name: "Eve, Bruno" }] }),
    line(2, { what: "named", name: "X”. Vous avez quitté. “" }),
  ];
  show(
    <WithApi api={fakeApi({ group: group(), messages: { messages, hasOlder: false, hasNewer: false } })}>
      <div style={{ blockSize: "400px" }}>
        <Thread conversation={conversation()} />
      </div>
    </WithApi>,
  );
  await expect.element(page.getByText(/“Eve, Bruno” a quitté/u)).toBeVisible();
  await expect.element(page.getByText(/X⟨U\+201D⟩\. Vous avez quitté\. ⟨U\+201C⟩/u)).toBeVisible();
});

test("the description of a group hides nothing", async () => {
  show(
    <WithApi api={fakeApi({ group: group({ description: "pay\ufe0fpal" }) })}>
      <GroupScreen conversation={conversation()} part={undefined} />
    </WithApi>,
  );
  await expect.element(page.getByText("U+FE0F")).toBeVisible();
});

test("two members whose names look alike are distinguished", async () => {
  const members = [self(), member("Bruno", { id: MALLORY }), member("Bruno", { id: BRUNO })];
  show(
    <WithApi api={fakeApi({ contacts: [known(BRUNO, "Bruno", { ownName: "B. Martin" })] })}>
      <Members group={group({ members })} />
    </WithApi>,
  );
  await expect.element(page.getByText("[bad0bad0]")).toBeVisible();
  expect(page.getByText("[b0b0b0b0]").elements()).toEqual([]);
});

const given = known(BRUNO, "Bruno", { ownName: "B. Martin" });
const eve = known(MALLORY, "Bruno");
const two: Queries["conversations"]["result"] = [withContact(eve, 2), withContact(given, 1)];

test("a jump by name opens the conversation that the person named, also when another one is newer", async () => {
  history.replaceState(null, "", "/");
  show(
    <WithApi api={fakeApi({ contacts: [eve, given], conversations: two })}>
      <Jump />
    </WithApi>,
  );
  await userEvent.keyboard("{Control>}k{/Control}");
  await userEvent.fill(page.getByRole("combobox"), "bruno");
  await expect.element(page.getByRole("option").nth(1)).toMatchTextContent(/\[bad0bad0\]/u);
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(location.pathname).toBe(`/c/with-${BRUNO}`));
});

test("an identifier finds whose it is before any name like it", async () => {
  const called = known("c".repeat(64), "bad0bad0");
  const conversations = [withContact(called, 3), ...two];
  show(
    <WithApi api={fakeApi({ contacts: [called, eve, given], conversations }, { search: () => Promise.resolve([]) })}>
      <SearchResults text="bad0bad0" current={undefined} />
    </WithApi>,
  );
  await expect.element(page.getByRole("link").first()).toMatchTextContent(/Bruno\[bad0bad0\]/u);
  expect(page.getByRole("link").elements()).toHaveLength(2);
});
