import type { ConversationView, GroupView, PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { GroupScreen } from "../src/ui/group/screen.tsx";
import { NewGroupScreen } from "../src/ui/group/forms/new.tsx";
import { fr } from "../src/words/fr.ts";
import { contact, conversation, fakeApi, group, member, message, rejoining, self } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const say = fr.group;
const home = location.href;
beforeEach(() => history.replaceState({ depth: 0 }, "", "/"));
afterEach(() => history.replaceState(null, "", home));

const button = (name: string) => page.getByRole("button", { name, exact: true });

interface Shown {
  view?: Partial<GroupView>;
  about?: Partial<ConversationView>;
  part?: string;
  values?: Parameters<typeof fakeApi>[0];
  calls?: Partial<PliApi>;
}

function showGroup({ view, values, calls, about, part }: Shown = {}) {
  show(
    <WithApi api={fakeApi({ group: group(view), ...values }, calls)}>
      <GroupScreen conversation={conversation(about)} part={part} />
    </WithApi>,
  );
}

const changed = () => Promise.resolve({ change: "1" });

describe("a new group", () => {
  const people = ["Camille Moreau", "Paul Roux", "Léa Petit"].map(contact);
  function showNew(contacts = people, calls: Partial<PliApi> = {}) {
    const createGroup = vi.fn<PliApi["createGroup"]>(() => Promise.resolve({ conversation: "g" }));
    show(
      <WithApi api={fakeApi({ contacts }, { createGroup, ...calls })}>
        <NewGroupScreen />
      </WithApi>,
    );
    return createGroup;
  }

  test("takes a name and people, by keyboard alone, and opens", async () => {
    const createGroup = showNew();
    await expect.element(page.getByLabelText(say.name)).toHaveFocus();
    await userEvent.keyboard("Budget 2027");
    await expect.element(button(say.create)).toBeDisabled();
    await userEvent.keyboard("{Tab} {Tab}{Tab} ");
    await expect.element(button(say.createWith(2))).toBeEnabled();
    await userEvent.click(page.getByLabelText(say.name));
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(location.pathname).toBe("/c/g"));
    expect(createGroup.mock.calls[0]?.[0]).toMatchObject({
      name: "Budget 2027",
      contacts: [people[0]?.id, people[2]?.id],
    });
  });

  test("a chosen person can be let go of", async () => {
    showNew();
    await userEvent.click(page.getByRole("checkbox", { name: /Paul/u }));
    await userEvent.click(page.getByRole("button", { name: /^Paul Roux\b/u }));
    await expect.element(page.getByRole("checkbox", { name: /Paul/u })).not.toBeChecked();
  });

  test("is made once, also when its picture cannot be taken", async () => {
    const changeGroup = vi.fn<PliApi["changeGroup"]>(() => Promise.reject(new PliError("picture_malformed")));
    const createGroup = showNew(people, { changeGroup });
    await page.getByLabelText(say.name).fill("Budget");
    await userEvent.click(page.getByRole("checkbox", { name: /Paul/u }));
    const canvas = document.createElement("canvas");
    const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    const file = new File([drawn ?? ""], "picture.png", { type: "image/png" });
    await userEvent.upload(page.getByLabelText(say.picture.choose, { exact: true }).last(), file);
    await userEvent.click(button(say.createWith(1)));
    await vi.waitFor(() => expect(location.pathname).toBe("/c/g"));
    expect(changeGroup).toHaveBeenCalledOnce();
    expect(createGroup).toHaveBeenCalledOnce();
  });

  test("without contacts it says how to get some", async () => {
    showNew([]);
    await expect.element(page.getByRole("heading", { name: say.noContacts })).toBeVisible();
    await userEvent.click(button(fr.pair.new));
    expect(location.pathname).toBe("/new");
  });
});

describe("the members", () => {
  test("of a group of a thousand are shown a part at a time, and all can be found", async () => {
    const members = [self(), ...Array.from({ length: 999 }, (_, index) => member(`Member ${index}`))];
    showGroup({ view: { members } });
    await expect.element(page.getByText("Member 10", { exact: true })).toBeInTheDocument();
    expect(page.getByText(/^Member \d+$/u).elements().length).toBeLessThan(100);
    await page.getByRole("searchbox", { name: say.members.search }).fill("member 987");
    await expect.element(page.getByText("Member 987", { exact: true })).toBeVisible();
    expect(page.getByText(/^Member \d+$/u).elements().length).toBe(1);
  });

  test("the menu of a member offers what one may do, and nothing else", async () => {
    const members = [self(), member("Camille", { mayBecome: ["admin"], mayRemove: false })];
    showGroup({ view: { members }, values: { contacts: [contact("Camille")] } });
    await userEvent.click(button(say.members.actions("Camille")));
    const offered = page
      .getByRole("menuitem")
      .elements()
      .map((item) => item.textContent);
    expect(offered).toEqual([say.members.write, say.members.contact, say.give.admin]);
  });

  test("somebody met in the group only can be invited", async () => {
    const createInvitation = vi.fn(() => Promise.resolve({ pairing: "p" }));
    showGroup({ calls: { createInvitation } });
    await userEvent.click(button(say.members.actions("Camille")));
    await userEvent.click(page.getByRole("menuitem", { name: say.members.invite }));
    await vi.waitFor(() => expect(location.pathname).toBe("/pairing/p"));
  });

  test("nobody is removed, and nobody becomes an owner, without a question", async () => {
    const removeFromGroup = vi.fn<PliApi["removeFromGroup"]>(changed);
    const setRole = vi.fn<PliApi["setRole"]>(changed);
    const members = [self(), member("Camille", { mayRemove: true, mayBecome: ["owner", "reader"] })];
    showGroup({ view: { members }, calls: { removeFromGroup, setRole } });
    const choose = async (name: string) => {
      await userEvent.click(button(say.members.actions("Camille")));
      await userEvent.click(page.getByRole("menuitem", { name }));
    };
    await choose(say.members.remove);
    await expect.element(button(fr.app.cancel)).toHaveFocus();
    await userEvent.keyboard("{Escape}");
    expect(removeFromGroup).not.toHaveBeenCalled();
    await choose(say.members.remove);
    await userEvent.click(button(say.members.remove));
    expect(removeFromGroup.mock.calls).toEqual([[{ conversation: "g", members: ["id-Camille"] }]]);
    await expect.element(page.getByRole("alertdialog")).not.toBeInTheDocument();
    await choose(say.give.owner);
    expect(setRole).not.toHaveBeenCalled();
    await userEvent.click(button(say.give.owner));
    expect(setRole.mock.calls).toEqual([[{ conversation: "g", member: "id-Camille", role: "owner" }]]);
  });
});

test("contacts who are in the group already are not offered again", async () => {
  const addToGroup = vi.fn<PliApi["addToGroup"]>(changed);
  const contacts = [contact("Camille"), contact("Paul")];
  showGroup({ part: "add", values: { contacts }, calls: { addToGroup } });
  await expect.element(page.getByRole("checkbox", { name: /Camille/u })).not.toBeInTheDocument();
  await userEvent.click(page.getByRole("checkbox", { name: /Paul/u }));
  await userEvent.click(button(say.members.addSome(1)));
  expect(addToGroup.mock.calls).toEqual([[{ conversation: "g", contacts: ["id-Paul"] }]]);
});

describe("rules", () => {
  test("only what was changed is asked for", async () => {
    const changeGroup = vi.fn<PliApi["changeGroup"]>(changed);
    showGroup({ part: "rules", calls: { changeGroup } });
    const writes = page.getByRole("group", { name: say.rules.whoWrites });
    await userEvent.click(writes.getByRole("radio", { name: /admins/u }));
    await userEvent.click(page.getByRole("radio", { name: say.rules.newcomersRead.week }));
    await userEvent.click(page.getByRole("radio", { name: say.rules.newcomersRead.nothing }));
    await userEvent.click(button(fr.app.save));
    expect(changeGroup.mock.calls).toEqual([[{ conversation: "g", whoWrites: "admins" }]]);
  });

  test("an admin changes when messages disappear, and nothing else", async () => {
    showGroup({ part: "rules", view: { role: "admin", may: { add: true, name: true, rules: false, write: true } } });
    await expect.element(page.getByRole("radio", { name: /semaine/u }).first()).toBeEnabled();
    await expect.element(page.getByRole("radio", { name: say.rules.adds.members }).last()).toBeDisabled();
    await expect.element(page.getByText(say.rules.readOnly)).toBeVisible();
  });

  test("a member reads them", async () => {
    showGroup({ view: { role: "member", may: { add: false, name: false, rules: false, write: true } } });
    await expect.element(page.getByText(say.rules.adds.admins, { exact: true })).toBeVisible();
    await expect.element(button(say.rules.open)).not.toBeInTheDocument();
    await expect.element(button(say.edit.open)).not.toBeInTheDocument();
    await expect.element(page.getByRole("link", { name: say.members.add })).not.toBeInTheDocument();
  });
});

test("what was edited is asked for, and nothing else", async () => {
  const changeGroup = vi.fn<PliApi["changeGroup"]>(changed);
  showGroup({ part: "edit", calls: { changeGroup } });
  await expect.element(button(fr.app.save)).toBeDisabled();
  await page.getByLabelText(say.description).fill("Le chiffrage");
  await userEvent.click(button(fr.app.save));
  expect(changeGroup.mock.calls).toEqual([[{ conversation: "g", description: "Le chiffrage" }]]);
});

test("a pending change says what it waits for, and can be taken back", async () => {
  const cancelChange = vi.fn<PliApi["cancelChange"]>(() => Promise.resolve());
  const operation = { kind: "add" as const, who: [{ id: "id-Paul", name: "Paul" }] };
  showGroup({ view: { pending: [{ id: "7", operation, since: 0, waitsFor: "contact" }] }, calls: { cancelChange } });
  await expect.element(page.getByText(say.pending.contact)).toBeVisible();
  await userEvent.click(button(say.pending.cancel(say.operation.add("Paul"))));
  expect(cancelChange.mock.calls).toEqual([[{ conversation: "g", change: "7" }]]);
});

describe("leaving", () => {
  test("the last owner names the next one first", async () => {
    const leaveGroup = vi.fn<PliApi["leaveGroup"]>(() => Promise.resolve());
    showGroup({ view: { leaveNeedsSuccessor: true }, calls: { leaveGroup } });
    await userEvent.click(button(say.leave.do));
    const dialog = page.getByRole("alertdialog");
    const leave = dialog.getByRole("button", { name: say.leave.do });
    await expect.element(leave).toBeDisabled();
    await userEvent.click(dialog.getByRole("radio", { name: "Camille" }));
    await userEvent.click(leave);
    expect(leaveGroup.mock.calls).toEqual([[{ conversation: "g", successor: "id-Camille" }]]);
    await vi.waitFor(() => expect(location.pathname).toBe("/c/g"));
  });

  test("what was left can be deleted, after a question", async () => {
    const deleteConversation = vi.fn<PliApi["deleteConversation"]>(() => Promise.resolve());
    showGroup({ about: { state: "left", writable: false }, calls: { deleteConversation } });
    await expect.element(page.getByText(say.leave.left)).toBeVisible();
    await expect.element(button(say.leave.do)).not.toBeInTheDocument();
    await userEvent.click(button(say.leave.delete));
    await userEvent.click(button(say.leave.deleteDo));
    expect(deleteConversation.mock.calls).toEqual([[{ conversation: "g" }]]);
  });
});

describe("while this device is rejoining", () => {
  const [anna, boris] = [
    { id: "id-Anna", name: "Anna" },
    { id: "id-Boris", name: "Boris" },
  ];
  const stopped = (about: Parameters<typeof rejoining>[0], view: Partial<GroupView> = {}): Shown => ({
    view: { state: "rejoining", rejoining: rejoining(about), ...view },
    about: { state: "rejoining" },
  });

  test("the page says since when, after whose change, for whom it waits, and what would help", async () => {
    showGroup(stopped({ waitsFor: [anna, boris], by: { id: "id-Mallory", name: "Mallory" } }));
    const said =
      /^Depuis le 23 novembre 2026 .*, après un changement fait par Mallory\. En attente .*: Anna, Boris\. Il suffit/u;
    await expect.element(page.getByText(said)).toBeVisible();
  });

  test("a pending change waits for that, and not for its turn", async () => {
    const pending = [{ id: "7", operation: { kind: "leave" as const }, since: 0, waitsFor: "turn" as const }];
    showGroup(stopped({ waitsFor: [anna] }, { pending }));
    await expect.element(page.getByText(say.pending.rejoining)).toBeVisible();
    await expect.element(page.getByText(say.pending.turn)).not.toBeInTheDocument();
  });

  test.each([{ refusedBy: [anna, boris] }, { refusedBy: [anna], waitsFor: [boris] }, {}])(
    "leaving is offered once, beside the reason: %j",
    async (about) => {
      showGroup(stopped(about));
      await expect.element(button(say.leave.do)).toBeVisible();
      expect(button(say.leave.do).elements()).toHaveLength(1);
    },
  );
});

test("an owner restarts a blocked group, by default without the members who seem to block it", async () => {
  const foundSuccessorGroup = vi.fn<PliApi["foundSuccessorGroup"]>(changed);
  const members = [self(), member("Camille"), member("Paul")];
  const blocked = { suspects: [{ id: "id-Paul", name: "Paul" }], mayFound: true };
  showGroup({ view: { members, blocked }, calls: { foundSuccessorGroup } });
  await userEvent.click(button(say.blocked.do));
  await expect.element(page.getByRole("checkbox", { name: "Paul" })).toBeChecked();
  await expect.element(page.getByRole("checkbox", { name: "Camille" })).not.toBeChecked();
  await userEvent.click(button(say.blocked.confirm));
  expect(foundSuccessorGroup.mock.calls).toEqual([[{ conversation: "g", without: ["id-Paul"] }]]);
});

test("the history holds the changes and not the messages, newest first", async () => {
  const messages = [
    message({ order: 1, body: { kind: "change", change: { what: "created", name: "Budget" } } }),
    message({ order: 2 }),
    message({ order: 3, body: { kind: "change", change: { what: "described" } } }),
  ];
  showGroup({ part: "history", values: { messages: { messages, hasOlder: false, hasNewer: false } } });
  await expect.element(page.getByText(say.change.described.by("Camille"))).toBeVisible();
  const lines = page
    .getByRole("listitem")
    .elements()
    .map((item) => item.querySelector("p")?.textContent);
  expect(lines).toEqual([say.change.described.by("Camille"), say.change.created.by("Camille", "Budget")]);
});
