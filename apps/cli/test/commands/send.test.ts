import { describe, expect, test } from "vitest";
import { CAMILLE, contactNamed, ME, NOW, textFrom } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { camille, withContacts } from "../people.ts";

describe("pli send", () => {
  test("returns once the store has the message", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    expect(await pli.run("send", "Camille", "hello", "--json")).toBe(0);
    expect(pli.events()).toEqual([
      {
        event: "message",
        id: "m1",
        contact: "Camille",
        contactId: CAMILLE,
        from: "Alice",
        fromId: ME,
        mine: true,
        kind: "text",
        text: "hello",
        sentAt: NOW,
        order: 1,
        state: "sent",
      },
    ]);
    expect(pli.fake.watching()).toBe(0);
  });

  test("off line, tries the store once more, then leaves the message for later, and succeeds", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.data.status.connection = { state: "offline", store: "x", since: NOW - 5_000, error: "store_unreachable" };
    pli.fake.does.reconnect = () => {
      pli.fake.data.status.connection.since = NOW + 1;
    };
    expect(await pli.run("send", "cam", "hello", "--json")).toBe(0);
    expect(pli.fake.calls.map(([name]) => name)).toEqual(["reconnect", "sendText"]);
    expect(pli.events()).toMatchObject([{ event: "message", state: "saved" }]);
  });

  test("waits no longer than the option says", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.data.status.connection.state = "connecting";
    expect(await pli.run("send", "Camille", "hello", "--wait", "0")).toBe(0);
    expect(pli.stdout()).toBe("Kept here. It leaves with the next command, when the server answers.\n");
    expect([pli.fake.drains, pli.stderr()]).toEqual([[], ""]);
  });

  test("reads first what the store has: what was written before stands above", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.data.status.connection.state = "connecting";
    const running = pli.run("send", "Camille", "my answer");
    await settle();
    expect(pli.fake.calls).toEqual([]);
    pli.fake.data.status.connection.state = "online";
    pli.fake.changed();
    expect(await running).toBe(0);
    expect(pli.fake.calls.map(([name]) => name)).toEqual(["sendText"]);
  });

  test("a name that means nobody is looked for again once all is read", async () => {
    const pli = createFakeWorld();
    pli.fake.does.drain = () => void pli.fake.data.contacts.push(camille);
    expect(await pli.run("send", "Camille", "welcome")).toBe(0);
    expect(await pli.run("send", "Nobody", "welcome")).toBe(4);
    expect(await pli.run("messages", "Nobody")).toBe(4);
  });

  test("keeps the spaces that a text begins with, and takes one line end from an input", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille), lines: ["    if (x)", "  y", ""] });
    await pli.run("send", "Camille", "  first");
    await pli.run("send", "Camille", "-");
    const texts = pli.fake.calls.map(([, p]) => (p as { text: string }).text);
    expect(texts).toEqual(["  first", "    if (x)\n  y"]);
  });

  test("an input that is no UTF-8 is refused, and nothing is sent", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.world.stdin.all = () => Promise.resolve(undefined);
    expect(await pli.run("send", "Camille", "-", "--json")).toBe(2);
    expect(pli.events()).toMatchObject([{ code: "request_malformed", advice: expect.stringContaining("UTF-8") }]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("a message that will never leave is a failure, with its reason", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.does.sendText = ({ conversation }: { conversation: string }) => {
      pli.fake.data.messages.push(
        textFrom(camille, "m1", "x", { conversation, mine: true, state: "failed", error: "store_lying" }),
      );
      return { message: "m1" };
    };
    expect(await pli.run("send", "Camille", "x", "--json")).toBe(6);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "store_lying" }]);
  });

  test("a dash reads the text from the input, all of it but the last line end", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille), lines: ["first", "second", ""] });
    await pli.run("send", "Camille", "-");
    expect(pli.fake.calls).toContainEqual(["sendText", { conversation: camille.conversation, text: "first\nsecond" }]);
  });

  test.each([
    ["CAMILLE", "conv-c0ffee00"],
    ["cam", "conv-c0ffee00"],
    ["c0ff", "conv-c0ffee00"],
    ["camille dupont", "conv-dddd0000"],
    ["dddd", "conv-dddd0000"],
    [CAMILLE, "conv-c0ffee00"],
  ])("%s is understood", async (query, conversation) => {
    const other = contactNamed("Camille Dupont", "dddd0000".padEnd(64, "2"));
    const list = ["CAMILLE", "cam"].includes(query) ? [camille] : [camille, other];
    const pli = createFakeWorld({ fake: withContacts(...list) });
    expect(await pli.run("send", query, "x")).toBe(0);
    expect(pli.fake.calls).toContainEqual(["sendText", { conversation, text: "x" }]);
  });

  test("nobody is written to when several could be meant, and they are named", async () => {
    const pli = createFakeWorld({
      fake: withContacts(camille, contactNamed("Cam\u001b[2J", "dddd0000".padEnd(64, "2"))),
    });
    expect(await pli.run("send", "ca", "x")).toBe(4);
    expect(pli.stderr()).toContain("Camille (c0ffee00), “Cam⟨U+001B⟩[2J” (dddd0000)");
    expect(pli.fake.calls).toEqual([]);
  });

  test.each(["Zoé", "", "c0"])("%j is nobody", async (query) => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    expect(await pli.run("send", query, "x", "--json")).toBe(4);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "contact_unknown" }]);
  });
});
