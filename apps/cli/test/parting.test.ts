import { describe, expect, test } from "vitest";
import { contactNamed, createFakeApi } from "./fake-api.ts";
import { createFakeWorld, settle } from "./fake-world.ts";

/** Alice, who knows Camille. What waits stays where it is. */
function withWaiting(waiting: { messages?: number; pairings?: number; changes?: number; notes?: number }) {
  const fake = createFakeApi();
  fake.data.contacts.push(contactNamed("Camille"));
  const { messages = 0, ...more } = waiting;
  fake.data.status.pending = messages;
  Object.assign(fake.data.status.waiting, more);
  return createFakeWorld({ fake });
}

describe("before a command ends", () => {
  test("what can leave leaves, for a while, and then the profile is closed", async () => {
    const pli = withWaiting({});
    pli.fake.does.drain = () => expect(pli.state.closed).toBe(0);
    expect(await pli.run("contacts")).toBe(0);
    expect([pli.fake.drains, pli.state.closed, pli.stderr()]).toEqual([[10_000], 1, ""]);
  });

  test.each([
    ["en", "Not sent yet: 2 messages, 1 change of a group and 3 notes of this device to others."],
    ["fr", "Pas encore parti\u202f: 2 messages, 1 changement de groupe et 3 envois de cet appareil à d’autres."],
  ])("what still waits is said beside the output, in %s", async (language, sentence) => {
    const pli = withWaiting({ messages: 2, changes: 1, notes: 3 });
    expect(await pli.run("contacts", "--lang", language)).toBe(0);
    expect(pli.stderr()).toContain(sentence);
    expect(pli.stdout()).not.toContain(sentence);
  });

  test("in JSON, who changed something is told what waits; who only reads gets what was asked and no more", async () => {
    const pli = withWaiting({ pairings: 1 });
    await pli.run("contacts", "--json");
    expect(pli.events().map(({ event }) => event)).toEqual(["contact"]);
    pli.clear();
    await pli.run("send", "Camille", "hello", "--json");
    expect(pli.events()).toMatchObject([
      { event: "message", state: "sent" },
      { event: "waiting", messages: 0, pairings: 1, changes: 0, notes: 0, receipts: 0 },
    ]);
  });

  test("a message of which it is said already that it waits is not told again", async () => {
    const pli = withWaiting({ messages: 1 });
    pli.fake.data.status.connection.state = "connecting";
    pli.world.clock.after = (_ms, work) => {
      setImmediate(work);
      return () => {};
    };
    expect(await pli.run("send", "Camille", "hello")).toBe(0);
    expect([pli.stdout(), pli.stderr()]).toEqual([
      "Kept here. It leaves with the next command, when the server answers.\n",
      "",
    ]);
  });

  test("Ctrl-C ends the waiting", async () => {
    const pli = withWaiting({ messages: 1 });
    pli.fake.does.drain = () => new Promise(() => {});
    const running = pli.run("contacts");
    await settle();
    pli.interrupt();
    expect(await running).toBe(0);
    expect(pli.state.closed).toBe(1);
  });

  test("an engine that cannot say ends it, and what was read is no failure", async () => {
    const pli = withWaiting({});
    pli.fake.does.drain = () => Promise.reject(new Error("gone"));
    expect(await pli.run("contacts")).toBe(0);
  });
});
