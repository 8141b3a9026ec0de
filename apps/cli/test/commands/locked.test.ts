import { describe, expect, test } from "vitest";
import { CAMILLE, createFakeApi, textFrom } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { openChat } from "../chat/open-chat.ts";
import { bob, camille, withContacts } from "../people.ts";

const { conversation } = camille;
const withLocked = () => {
  const fake = withContacts(camille, bob);
  fake.data.messages.push(textFrom(camille, "1", "the word is marzipan"));
  fake.data.locked.add(conversation);
  return fake;
};

describe("a locked conversation", () => {
  test("is locked where a passphrase opens the profile, and unlocked again", async () => {
    const pli = createFakeWorld({
      fake: withContacts(camille),
      home: "passphrase",
      files: { "/p": "right one" },
      env: { PLI_PASSPHRASE_FILE: "/p" },
    });
    expect(await pli.run("lock", "cam", "--json")).toBe(0);
    expect(await pli.run("unlock", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([
      ["lockConversation", { conversation, locked: true }],
      ["lockConversation", { conversation, locked: false }],
    ]);
    expect(pli.events()).toEqual([
      { event: "conversation_lock", contact: "Camille", contactId: CAMILLE, locked: true },
      { event: "conversation_lock", contact: "Camille", contactId: CAMILLE, locked: false },
    ]);
  });

  test("is not locked where a key file opens the profile: that would stop nobody", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    expect(await pli.run("lock", "cam", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "lock_missing" }]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("nothing of it is listed, found or printed as it arrives", async () => {
    const fake = withLocked();
    fake.data.unread[conversation] = 1;
    const pli = createFakeWorld({ fake });
    const ended = pli.run("listen", "--unread", "--json");
    await settle();
    fake.arrive(textFrom(camille, "2", "marzipan again"));
    await settle();
    pli.interrupt();
    await ended;
    expect(pli.events()).toEqual([{ event: "locked_message" }]);
    expect(fake.calls).toEqual([]);

    const searching = createFakeWorld({ fake: withLocked(), terminal: true });
    searching.fake.does.search = () => [];
    await searching.run("search", "marzipan");
    expect(searching.stderr()).toContain("Locked conversations were not searched.");
  });

  test("is neither shown in the list of the chat nor opened there", async () => {
    const chat = await openChat([camille, bob], (fake: ReturnType<typeof createFakeApi>) => {
      fake.data.messages.push(textFrom(camille, "1", "the word is marzipan"));
      fake.data.locked.add(conversation);
    });
    await settle();
    expect(chat.screen()).toContain("Camille");
    expect(chat.screen()).toContain("locked");
    expect(chat.screen()).not.toContain("marzipan");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("This conversation is locked.");
    expect(chat.screen()).not.toContain("marzipan");
  });
});
