import { PliError } from "@pli/engine/errors";
import { describe, expect, test, vi } from "vitest";
import { CAMILLE, contactNamed, createFakeApi, ME, NOW, refuse, textFrom } from "./fake-api.ts";
import { createFakeWorld, settle } from "./fake-world.ts";

const camille = contactNamed("Camille");
const withContacts = (...contacts: ReturnType<typeof contactNamed>[]) => {
  const fake = createFakeApi();
  fake.data.contacts.push(...contacts);
  return fake;
};

describe("pli init", () => {
  test("makes a profile protected by a key file and says what to do next", async () => {
    const pli = createFakeWorld({ home: "absent" });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--name", " Alice ")).toBe(0);
    expect(pli.opened).toEqual([
      { home: "/home/alice/.local/share/pli", store: "http://127.0.0.1:7540", unlock: { keyFile: true }, create: true },
    ]);
    expect(pli.fake.calls).toContainEqual(["createProfile", { name: "Alice" }]);
    expect(pli.stdout()).toContain("Your profile is ready, Alice.");
    expect(pli.state.closed).toBe(1);
  });

  test("in JSON, gives name and identifier, and remembers the store it was made for", async () => {
    const pli = createFakeWorld({ home: "absent" });
    pli.fake.data.status.profile = undefined;
    expect(
      await pli.run("init", "--name", "Alice", "--json", "--home", "/h", "--store", "https://pli.example.org/"),
    ).toBe(0);
    expect(pli.events()).toEqual([{ event: "profile", name: "Alice", id: ME, home: "/h" }]);
    expect(pli.remembered.get("/h")).toBe("https://pli.example.org");
    pli.state.home = "keyfile";
    await pli.run("contacts", "--home", "/h");
    expect(pli.opened.at(-1)?.store).toBe("https://pli.example.org");
  });

  test("a home keeps a new address once the store there has answered", async () => {
    const pli = createFakeWorld();
    const { connection } = pli.fake.data.status;
    const moved = "https://moved.example.org";
    Object.assign(connection, { store: moved, state: "offline" });
    expect(await pli.run("contacts", "--home", "/h", "--store", moved)).toBe(0);
    expect(pli.remembered.size).toBe(0);
    connection.state = "online";
    expect(await pli.run("contacts", "--home", "/h", "--store", `${moved}/`)).toBe(0);
    expect(pli.remembered.get("/h")).toBe(moved);
    await pli.run("contacts", "--home", "/h");
    expect(pli.opened.at(-1)?.store).toBe(moved);
  });

  test("a new address that another process does not use says so, and is not remembered", async () => {
    const pli = createFakeWorld();
    await pli.run("contacts", "--home", "/h", "--store", "https://moved.example.org");
    expect(pli.stderr()).toContain("Another pli holds this profile and uses http://127.0.0.1:7540");
    expect(pli.remembered.size).toBe(0);
  });

  test("takes the first line of a passphrase file", async () => {
    const pli = createFakeWorld({ home: "absent", files: { "/p": "correct horse\r\nnot this" } });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--name", "Alice", "--passphrase-file", "/p")).toBe(0);
    expect(pli.opened[0]?.unlock).toEqual({ passphrase: "correct horse" });
    expect(pli.stdout()).not.toContain("key is beside it");
  });

  test("asks for a passphrase twice, until both are the same", async () => {
    const secrets = ["one two three", "one two four", "five six seven", "five six seven"];
    const pli = createFakeWorld({ home: "absent", terminal: true, lines: ["Alice"], secrets });
    pli.fake.data.status.profile = undefined;
    expect(await pli.run("init", "--passphrase")).toBe(0);
    expect(pli.opened[0]?.unlock).toEqual({ passphrase: "five six seven" });
    expect(pli.stdout()).not.toContain("five");
  });

  test("refuses where a profile exists and changes nothing", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("init", "--name", "Bob", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "profile_exists" }]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("never goes on, unprotected, in a folder begun with another protection", async () => {
    const pli = createFakeWorld({ home: "keyfile", files: { "/p": "correct horse" } });
    expect(await pli.run("init", "--name", "Bob", "--passphrase-file", "/p")).toBe(3);
    expect(pli.opened).toEqual([]);
  });

  test("without a name there is nothing to make", async () => {
    const pli = createFakeWorld({ home: "absent" });
    expect(await pli.run("init", "--json")).toBe(2);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "name_empty" }]);
    expect(pli.opened).toEqual([]);
  });
});

describe("opening the folder", () => {
  test("without a profile every command says how to make one", async () => {
    for (const argv of [["contacts"], ["invite"], ["accept", "x"], ["send", "a", "b"], ["listen"], ["messages", "a"]]) {
      const pli = createFakeWorld({ home: "absent" });
      expect(await pli.run(...argv)).toBe(3);
      expect(pli.stderr()).toContain("pli init --name");
      expect(pli.stdout()).toBe("");
    }
  });

  test("a passphrase is asked for in a terminal, three times at most", async () => {
    const open = refuse("passphrase_wrong");
    const pli = createFakeWorld({ home: "passphrase", terminal: true, secrets: ["a", "b", "c", "d"], open });
    expect(await pli.run("contacts")).toBe(3);
    expect(pli.opened.map(({ unlock }) => unlock)).toEqual([
      { passphrase: "a" },
      { passphrase: "b" },
      { passphrase: "c" },
    ]);
    expect(pli.stdout()).toBe("");
  });

  test("a passphrase from a file is tried once", async () => {
    const pli = createFakeWorld({ home: "passphrase", files: { "/p": "wrong" }, open: refuse("passphrase_wrong") });
    expect(await pli.run("contacts", "--passphrase-file", "/p")).toBe(3);
    expect(pli.opened).toHaveLength(1);
  });

  test("with nobody to ask, it says how to give the passphrase", async () => {
    const pli = createFakeWorld({ home: "passphrase" });
    expect(await pli.run("contacts", "--json")).toBe(3);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "locked" }]);
    expect(pli.stderr()).toContain("--passphrase-file");
  });

  test("a store address that is none is named before anything is opened", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("contacts", "--store", "pli.example.org")).toBe(2);
    expect(pli.opened).toEqual([]);
  });

  test("an unforeseen failure shows no inside, unless asked", async () => {
    const open = () => Promise.reject(new Error("secret\u001b[2J detail"));
    const quiet = createFakeWorld({ open });
    expect(await quiet.run("contacts")).toBe(1);
    expect(quiet.stderr()).not.toContain("secret");
    const loud = createFakeWorld({ open, env: { PLI_DEBUG: "1" } });
    await loud.run("contacts");
    expect(loud.stderr()).toContain("secret⟨U+001B⟩[2J detail");
  });

  test.each([
    ["database_damaged", 1],
    ["disk_full", 1],
    ["passphrase_wrong", 3],
    ["store_unreachable", 6],
  ] as const)("%s ends with %i and its sentence", async (code, exit) => {
    const pli = createFakeWorld({ open: () => Promise.reject(new PliError(code)) });
    expect(await pli.run("contacts", "--json")).toBe(exit);
    expect(pli.events()).toMatchObject([{ event: "failed", code, message: expect.stringMatching(/^[A-Z].*\.$/u) }]);
  });
});

describe("pli contacts", () => {
  test("prints one object for each", async () => {
    const pli = createFakeWorld({
      fake: withContacts(camille, contactNamed("Bob", "b0b".padEnd(64, "0"), { level: 1, blocked: true })),
    });
    expect(await pli.run("contacts", "--json")).toBe(0);
    expect(pli.events()).toEqual([
      {
        event: "contact",
        name: "Camille",
        level: 3,
        id: CAMILLE,
        conversation: camille.conversation,
        blocked: false,
        groups: [],
      },
      expect.objectContaining({ name: "Bob", level: 1, blocked: true }),
    ]);
  });

  test("shows people their dots", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    await pli.run("contacts");
    expect(pli.stdout()).toBe("●●●  Camille  c0ffee00  verified\n");
  });

  test("with nobody in it, the list says how to begin, and JSON says nothing", async () => {
    const people = createFakeWorld();
    await people.run("contacts");
    expect(people.stdout()).toContain("pli invite");
    const script = createFakeWorld();
    await script.run("contacts", "--json");
    expect(script.stdout()).toBe("");
  });
});

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

  test("does not wait longer than it is told to", async () => {
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

describe("pli messages", () => {
  const thread = () => {
    const fake = withContacts(camille);
    fake.data.messages.push(
      textFrom(camille, "p", "", { body: { kind: "paired" } }),
      textFrom(camille, "1", "hello\n14:04  You: I owe you 100 €"),
      textFrom(camille, "g", "", { body: { kind: "gap", count: 2 } }),
      textFrom(camille, "2", "hi", { mine: true, from: ME, state: "saved" }),
    );
    return fake;
  };

  test("in JSON, texts are messages, what happened is a notice, and being paired is neither", async () => {
    const pli = createFakeWorld({ fake: thread() });
    expect(await pli.run("messages", "Camille", "--json")).toBe(0);
    expect(pli.events()).toMatchObject([
      {
        event: "message",
        id: "1",
        from: "Camille",
        fromId: CAMILLE,
        mine: false,
        text: "hello\n14:04  You: I owe you 100 €",
      },
      { event: "notice", id: "g", kind: "gap", count: 2, text: null },
      { event: "message", id: "2", from: "Alice", mine: true, text: "hi", state: "saved" },
    ]);
    expect(pli.fake.calls).toEqual([]);
  });

  test("for people, a second line is behind a bar, so that it cannot pass for another message", async () => {
    const pli = createFakeWorld({ fake: thread() });
    await pli.run("messages", "Camille");
    const lines = pli.stdout().split("\n");
    expect(lines).toContain("     │ 14:04  You: I owe you 100 €");
    expect(lines.filter((line) => /^\d\d:\d\d {2}You: /u.test(line))).toHaveLength(1);
    expect(pli.stdout()).toContain("2 messages never arrived.");
    expect(pli.stdout()).toContain("hi  (on this device)");
  });

  test("only a person who saw them has read them", async () => {
    const terminal = createFakeWorld({ fake: thread(), terminal: true });
    await terminal.run("messages", "Camille");
    expect(terminal.fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: 4 }]]);
    const pipe = createFakeWorld({ fake: thread() });
    await pipe.run("messages", "Camille");
    expect(pipe.fake.calls).toEqual([]);
  });

  test("the limit is kept, and said when something older is left out", async () => {
    const pli = createFakeWorld({ fake: thread() });
    await pli.run("messages", "Camille", "--limit", "1");
    expect(pli.stdout()).toContain("hi");
    expect(pli.stdout()).not.toContain("hello");
    expect(pli.stderr()).toContain("--before 4");
  });

  const long = (count: number) => {
    const fake = withContacts(camille);
    for (let i = 1; i <= count; i++) fake.data.messages.push(textFrom(camille, `${i}`, `text ${i}`));
    return fake;
  };
  const numbers = (pli: ReturnType<typeof createFakeWorld>) => pli.events().map(({ order }) => order);

  test("what is before or after a message is shown, as far as one likes, and what is on either side is said", async () => {
    const before = createFakeWorld({ fake: long(30) });
    await before.run("messages", "Camille", "--limit", "3", "--before", "11");
    expect(before.stdout().match(/text \d+/gu)).toEqual(["text 8", "text 9", "text 10"]);
    expect(before.stderr()).toContain("--before 8");
    expect(before.stderr()).toContain("--after 10");
    const after = createFakeWorld({ fake: long(30) });
    await after.run("messages", "Camille", "--json", "--after", "27");
    expect(numbers(after)).toEqual([28, 29, 30]);
    const none = createFakeWorld({ fake: long(3) });
    await none.run("messages", "Camille", "--before", "1");
    expect(none.stdout()).toContain("No message yet.");
  });

  test("any number of messages is shown, page by page", async () => {
    const pli = createFakeWorld({ fake: long(12_000) });
    expect(await pli.run("messages", "Camille", "--json", "--limit", "10001")).toBe(0);
    expect(numbers(pli)).toEqual(Array.from({ length: 10_001 }, (_, i) => 2_000 + i));
  });

  test("in a terminal, what was shown is read and what came later is not", async () => {
    const pli = createFakeWorld({ fake: long(30), terminal: true });
    await pli.run("messages", "Camille", "--limit", "3", "--after", "4");
    expect(pli.fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: 7 }]]);
  });

  test("in French, day and words are French", async () => {
    const pli = createFakeWorld({ fake: thread(), env: { LANG: "fr_FR.UTF-8" } });
    await pli.run("messages", "Camille");
    expect(pli.stdout()).toContain("lundi 23 novembre 2026");
    expect(pli.stdout()).toContain("Vous\u202f: hi  (sur cet appareil)");
  });
});

describe("pli listen", () => {
  test("prints messages as they arrive, in order, and ends cleanly when interrupted", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    const ended = pli.run("listen", "--json");
    await settle();
    pli.fake.arrive(textFrom(camille, "1", "one"));
    pli.fake.arrive(textFrom(camille, "2", "two\u009b2J"));
    await settle();
    expect(pli.events().map(({ event, text }) => [event, text])).toEqual([
      ["message", "one"],
      ["message", "two\u009b2J"],
    ]);
    expect(pli.stdout()).not.toContain("\u009b");
    pli.interrupt();
    expect(await ended).toBe(0);
    expect(pli.fake.watching()).toBe(0);
    expect(pli.state.closed).toBe(1);
    expect(pli.fake.calls).toEqual([]);
  });

  test("--unread prints first what was not read, once, and marks it read", async () => {
    const fake = withContacts(camille);
    fake.data.messages.push(textFrom(camille, "0", "old"), textFrom(camille, "1", "new"));
    fake.data.unread[camille.conversation] = 1;
    const pli = createFakeWorld({ fake });
    const ended = pli.run("listen", "--unread", "--json");
    await settle();
    fake.arrive(textFrom(camille, "2", "newer"));
    await settle();
    pli.interrupt();
    await ended;
    expect(pli.events().map(({ text }) => text)).toEqual(["new", "newer"]);
    const { conversation } = camille;
    expect(fake.calls).toEqual([2, 3].map((upTo) => ["markRead", { conversation, upTo }]));
  });

  test("--unread prints every unread text, whatever lines stand between them and however many there are", async () => {
    const fake = withContacts(camille);
    const gap = (id: string) => textFrom(camille, id, "", { body: { kind: "gap", count: 1 } });
    fake.data.messages.push(textFrom(camille, "0", "old"));
    for (let i = 1; i <= 5_000; i++) fake.data.messages.push(textFrom(camille, `t${i}`, `text ${i}`), gap(`g${i}`));
    fake.data.messages.push(textFrom(camille, "mine", "mine", { mine: true, from: ME }));
    fake.data.unread[camille.conversation] = 5_000;
    const pli = createFakeWorld({ fake });
    const ended = pli.run("listen", "--unread", "--json");
    await vi.waitFor(() => expect(fake.calls.at(-1)?.[1]).toMatchObject({ upTo: 10_001 }), { timeout: 20_000 });
    pli.interrupt();
    await ended;
    const texts = pli.events().flatMap(({ kind, text }) => (kind === "text" ? [text] : []));
    expect(texts).toEqual(Array.from({ length: 5_000 }, (_, i) => `text ${i + 1}`));
  });

  test("--unread marks nothing before the output has taken it, and what it never takes stays unread", async () => {
    const fake = withContacts(camille);
    fake.data.messages.push(textFrom(camille, "0", "old"), textFrom(camille, "1", "new"));
    fake.data.unread[camille.conversation] = 1;
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    const pli = createFakeWorld({ fake, taken });
    const ended = pli.run("listen", "--unread", "--json");
    await settle();
    expect(pli.events().map(({ text }) => text)).toEqual(["new"]);
    expect(fake.calls).toEqual([]);
    take();
    await settle();
    expect(fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: 2 }]]);
    pli.interrupt();
    await ended;
  });

  test("--unread that is interrupted stops after the page at hand, and marks no more than it printed", async () => {
    const fake = withContacts(camille);
    for (let i = 1; i <= 1_000; i++) fake.data.messages.push(textFrom(camille, `${i}`, `text ${i}`));
    fake.data.unread[camille.conversation] = 1_000;
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    const pli = createFakeWorld({ fake, taken });
    const ended = pli.run("listen", "--unread", "--json");
    await settle();
    pli.interrupt();
    take();
    await ended;
    const printed = pli.events().length;
    expect(printed).toBeLessThan(1_000);
    expect(fake.calls).toEqual([["markRead", { conversation: camille.conversation, upTo: printed }]]);
  });

  test("tells people, beside the output, when the line is lost and found", async () => {
    const pli = createFakeWorld();
    const ended = pli.run("listen");
    await settle();
    const { connection } = pli.fake.data.status;
    Object.assign(connection, { state: "offline", nextTry: NOW + 11_500 });
    pli.fake.changed();
    delete connection.nextTry;
    connection.state = "online";
    pli.fake.changed();
    pli.interrupt();
    await ended;
    expect(pli.stderr()).toBe(
      "Listening. Ctrl-C ends it.\nhttp://127.0.0.1:7540 does not answer; next try in 12 seconds.\nOn line.\n",
    );
    expect(pli.stdout()).toBe("");
  });

  test("ends with its reason when the engine is gone", async () => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.api.read = refuse("engine_gone");
    expect(await pli.run("listen", "--json")).toBe(1);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "engine_gone" }]);
  });
});

describe("an engine that is lost for good", () => {
  test.each([["listen"], ["send", "Camille", "x"]])("ends pli %s with its reason", async (...argv) => {
    const pli = createFakeWorld({ fake: withContacts(camille) });
    pli.fake.data.status.connection.state = "connecting";
    const ended = pli.run(...argv, "--json");
    await settle();
    pli.lose(new PliError("database_damaged"));
    expect(await ended).toBe(1);
    expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: "database_damaged" });
    expect(pli.stderr()).toContain("Start it again.");
    expect(pli.state.closed).toBe(1);
  });

  test("whose reason has no code is said to be the data that cannot be read", async () => {
    const pli = createFakeWorld();
    const ended = pli.run("listen", "--json");
    await settle();
    pli.lose(new Error("ENOENT"));
    expect(await ended).toBe(1);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "database_failed" }]);
  });
});

describe("help, version and mistakes", () => {
  test("help is in the language asked for, for all or one command", async () => {
    const pli = createFakeWorld({ env: { LANG: "fr_FR" } });
    expect(await pli.run("--help")).toBe(0);
    expect(pli.stdout()).toContain("une messagerie dont le serveur n’a pas d’utilisateurs");
    const one = createFakeWorld();
    await one.run("send", "--help");
    expect(one.stdout()).toMatch(/^pli send CONTACT\|GROUP TEXT/u);
  });

  test("version is one line, or one object", async () => {
    const pli = createFakeWorld();
    await pli.run("--version");
    expect(pli.stdout()).toBe("0.1.0\n");
    const json = createFakeWorld();
    await json.run("--version", "--json");
    expect(json.events()).toEqual([{ event: "version", pli: "0.1.0", node: "24.21.0", platform: "linux x64" }]);
  });

  test("a wrong command line says what is wrong and where help is, opens nothing, and ends with 2", async () => {
    const pli = createFakeWorld();
    expect(await pli.run("send", "Bob")).toBe(2);
    expect(pli.stderr()).toBe("pli: TEXT is missing.\nSee: pli send --help\n");
    expect(pli.stdout()).toBe("");
    expect(pli.opened).toEqual([]);
    const json = createFakeWorld();
    expect(await json.run("dan\u001bce", "--json")).toBe(2);
    expect(json.events()).toEqual([
      { event: "failed", code: "request_malformed", message: "there is no command “dan⟨U+001B⟩ce”." },
    ]);
  });
});
