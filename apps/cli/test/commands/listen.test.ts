import { describe, expect, test, vi } from "vitest";
import { ME, NOW, refuse, textFrom } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { camille, withContacts } from "../people.ts";

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
