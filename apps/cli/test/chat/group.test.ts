import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, lineOf, NOW, textFrom } from "../fake-api.ts";
import { openFakeChat, settle } from "../fake-world.ts";
import { withGroup, reader, invited } from "../group/with-group.ts";
import { camille, bob } from "../people.ts";

describe("groups in the chat", () => {
  async function openChat(prepare: ReturnType<typeof withGroup>) {
    const pli = await openFakeChat(prepare.fake, { columns: 100, rows: 40 });
    const enter = async (text: string): Promise<void> => {
      for (const character of text) pli.press({ text: character });
      pli.press({ name: "return" });
      await settle();
    };
    return { ...pli, enter, screen: pli.drawn };
  }

  test("the thread shows authors and history, the page who is in it; Escape leads back", async () => {
    const prepared = withGroup();
    prepared.fake.data.messages.push(
      lineOf({ what: "joined" }, 0, { id: CAMILLE, name: "Camille" }),
      textFrom(camille, "1", "hello", { conversation: GROUP }),
    );
    const chat = await openChat(prepared);
    expect(chat.screen()).toContain("Camille: hello");
    await chat.enter("voisins");
    expect(chat.screen()).toContain("You are in the group, invited by Camille.");
    expect(chat.screen()).toContain("Camille: hello");
    expect(chat.screen()).toContain("2 members");
    await chat.enter("/group");
    expect(chat.screen()).toContain("Alice (you)");
    chat.press({ name: "escape" });
    expect(chat.screen()).toContain("Camille: hello");
  });

  test("/group with words after it is the command, about the open group", async () => {
    const prepared = withGroup();
    const chat = await openChat(prepared);
    await chat.enter("voisins");
    await chat.enter("/group add Bob");
    expect(chat.fake.calls).toContainEqual(["addToGroup", { conversation: GROUP, contacts: [bob.id] }]);
    expect(chat.screen()).toContain("It is on its way.");
    await chat.enter("/group role cam king");
    expect(chat.screen()).toContain("king: this value is not possible. Possible: owner, admin, member, reader.");
    prepared.fake.api.renewGroupKeys = () => Promise.reject(new PliError("not_in_group"));
    await chat.enter("/group keys");
    expect(chat.screen()).toMatch(/[Gg]roup/u);
    await chat.enter("/name X");
    expect(chat.screen()).toContain("This goes with a contact.");
  });

  test("where this device cannot go on, the thread says for whom it waits, and /group leave is done at once", async () => {
    const rejoining = { since: NOW, waitsFor: [camille, bob], answered: [], refusedBy: [] };
    const prepared = withGroup({ state: "rejoining", rejoining });
    prepared.fake.does.leaveGroup = () => void (prepared.group.state = "left");
    const chat = await openChat(prepared);
    await chat.enter("voisins");
    expect(chat.screen()).toContain("Waiting for one of: Camille, Bob. See /group.");
    expect(chat.screen()).toContain("being set up again; what you write waits");
    await chat.enter("/group leave");
    expect(chat.fake.calls).toContainEqual(["leaveGroup", { conversation: GROUP }]);
    expect(chat.screen()).toContain("You are no longer in the group.");
    expect(chat.screen()).not.toContain("It is on its way.");
  });

  test("the chat tells a reader that they only read, also while this device is coming back", async () => {
    const rejoining = { since: NOW, waitsFor: [], answered: [], refusedBy: [] };
    const chat = await openChat(withGroup({ ...reader, state: "rejoining", rejoining }));
    await chat.enter("voisins");
    expect(chat.screen()).toContain("You read this group, without writing in it.");
    expect(chat.screen()).toContain("Nobody you know in this group can be asked.");
    expect(chat.screen()).not.toContain("what you write waits");
  });

  test("what others ask stands above the list; /group accept and /group decline answer it", async () => {
    const prepared = withGroup();
    prepared.fake.data.questions.push(invited(), invited({ id: "0badf00d".padEnd(32, "0"), name: "Budget" }));
    const chat = await openChat(prepared);
    expect(chat.screen()).toContain("Camille invites you to the group “Chorale”.");
    expect(chat.screen()).toContain("/group accept beefcafe");
    expect(chat.screen()).toMatch(/more question waits\./u);
    await chat.enter("/group accept Chorale");
    expect(chat.screen()).toContain("Accepted.");
    await chat.enter("/group decline 0bad");
    expect(chat.fake.calls).toContainEqual([
      "answerGroupQuestion",
      { question: "0badf00d".padEnd(32, "0"), accept: false },
    ]);
  });

  test("/group create founds one and opens it", async () => {
    const prepared = withGroup();
    prepared.fake.does.createGroup = () => ({ conversation: GROUP });
    const chat = await openChat(prepared);
    await chat.enter('/group create "Les voisins" Camille Bob');
    expect(chat.fake.calls[0]).toEqual(["createGroup", { name: "Les voisins", contacts: [CAMILLE, bob.id] }]);
    expect(chat.screen()).toContain("2 members");
  });
});
