import { propertyRuns } from "@pli/testkit/dials";
import type { PliApi } from "@pli/engine/api";
import { createWorld, type Person, type World } from "@pli/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseBody } from "../src/features/archive/bodies.ts";
import { parseContact, parseConversation, parseHeader, parseMessage } from "../src/features/archive/records.ts";
import { acquaint, rowsOf } from "./support/friends.ts";

const AT = Date.UTC(2026, 10, 30);
const STRANGER = "5e".repeat(32);
const ID = "d0".repeat(32);
const SOURCE = "c0".repeat(16);

const fileOf = (profile: string, version = 1): string =>
  JSON.stringify({
    format: "pli-export",
    version,
    madeAt: AT,
    profile: { id: profile, name: "Mallory", createdAt: AT },
  });
const conversationLine = (more: object = {}): string =>
  JSON.stringify({ id: SOURCE, kind: "direct", name: "Old", contact: STRANGER, state: "ready", ...more });
const messageLine = (more: object = {}): string =>
  JSON.stringify({
    id: ID,
    at: AT,
    from: STRANGER,
    name: "Somebody",
    mine: false,
    state: "received",
    body: { kind: "text", text: "Hello" },
    ...more,
  });

/** Takes these lines, as an app does that was given a file by somebody. */
const take = (api: PliApi, messages: string[], more: Partial<Parameters<PliApi["importPage"]>[0]> = {}) =>
  api.importPage({ file: fileOf(STRANGER), conversation: conversationLine(), messages, write: true, ...more });

describe("a file that somebody forged", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  beforeAll(async () => {
    world = createWorld();
    [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
    await acquaint(world, [alice, bob]);
    await alice.say("Bob", "Real");
    await world.until(async () => (await bob.heard("Alice")).length > 0, "the text");
  });
  afterAll(async () => {
    for (const { engine } of [alice, bob]) await engine.close();
  });

  const archives = async () => (await alice.read("conversations", {})).filter(({ archive }) => archive !== undefined);
  const linesIn = async (conversation: string) =>
    (await alice.read("messages", { conversation, limit: 1_000 })).messages;

  test.each([
    ["an answer to no id", { replyTo: "x" }],
    ["a star that is no star", { starred: false }],
    ["versions that are no list", { versions: "x" }],
    ["a version without a time", { versions: [{ text: "x" }] }],
    ["an empty version", { versions: [{ text: "", at: 1 }] }],
    ["too many versions", { versions: Array.from({ length: 65 }, () => ({ text: "x", at: 1 })) }],
    ["a reaction that is no emoji", { reactions: [{ emoji: "x", people: [{ id: STRANGER, name: "A" }] }] }],
    ["a reaction of nobody", { reactions: [{ emoji: "👍", people: [] }] }],
    ["a reaction of no person", { reactions: [{ emoji: "👍", people: [{ id: "x", name: "A" }] }] }],
    ["a deletion by no person", { body: { kind: "deleted", by: { id: 1 } } }],
  ])("is refused with %s", (_, more) => {
    expect(parseMessage(messageLine(more))).toBeUndefined();
    expect(parseMessage(messageLine())).toBeDefined();
  });

  test("puts no word into a living conversation, whatever name the file gives", async () => {
    const live = await alice.conversationWith("Bob");
    const before = await linesIn(live.id);
    const forged = conversationLine({ id: live.id, contact: live.contact, name: "Bob" });
    const words = {
      from: live.contact,
      name: "Bob",
      id: "f0".repeat(32),
      body: { kind: "text", text: "Send me money" },
    };
    await take(alice.engine, [messageLine(words)], { file: fileOf((await selfOf(alice)).id), conversation: forged });
    expect(await linesIn(live.id)).toEqual(before);
    const [archive] = await archives();
    expect(archive).toMatchObject({ name: "Bob", level: 1, writable: false, archive: { ofSelf: true } });
    expect(archive?.id).not.toBe(live.id);
    expect((await alice.read("conversations", {})).at(-1)?.id).toBe(archive?.id);
    await alice.engine.deleteConversation({ conversation: archive?.id ?? "" });
  });

  test("changes nothing of a message that is here, and takes no other one's place", async () => {
    const real = (await alice.messages("Bob")).find(({ body }) => body.kind === "text");
    const same = messageLine({ id: real?.id, body: { kind: "text", text: "Another" } });
    expect(await take(alice.engine, [same])).toMatchObject({ added: 0, here: 1 });
    expect(await archives()).toEqual([]);
    // One whose name is only learned later: the one that comes is kept, and found by its name.
    await take(alice.engine, [messageLine()]);
    const [archive] = await archives();
    expect((await linesIn(archive?.id ?? "")).map(({ id }) => id)).not.toContain(ID);
    await expect(alice.engine.forgetMessage({ message: ID })).rejects.toMatchObject({ code: "message_unknown" });
    await alice.engine.deleteConversation({ conversation: archive?.id ?? "" });
  });

  test("keeps the lines that say how much was not kept", async () => {
    const kinds = ["blocked", "shutOut"];
    await take(
      alice.engine,
      kinds.map((kind, i) => messageLine({ id: `${i}`.repeat(64), body: { kind, count: i + 2 } })),
    );
    const [archive] = await archives();
    expect((await linesIn(archive?.id ?? "")).map(({ body }) => body)).toEqual([
      { kind: "blocked", count: 2 },
      { kind: "shutOut", count: 3 },
    ]);
    await alice.engine.deleteConversation({ conversation: archive?.id ?? "" });
  });

  test("leaves nothing that waits, is sent, is asked for or is unread, in whatever state it says it is", async () => {
    const self = await selfOf(alice);
    const states = ["saved", "failed", "sent", "delivered", "read", "received"];
    const own = states.map((state, i) =>
      messageLine({ id: `${i}`.repeat(64), from: self.id, mine: true, state, body: { kind: "text", text: state } }),
    );
    const held = messageLine({ body: { kind: "held", count: 3, bytes: 10, mayAsk: true } });
    await take(alice.engine, [...own, held]);
    const [archive] = await archives();
    const kept = await linesIn(archive?.id ?? "");
    expect(kept.map(({ state }) => state)).toEqual([
      "received",
      "received",
      "sent",
      "delivered",
      "read",
      "received",
      "received",
    ]);
    expect(kept.at(-1)?.body).toEqual({ kind: "gap", count: 3 });
    expect(kept.every(({ delivered, read }) => delivered === undefined && read === undefined)).toBe(true);
    const { pending, waiting, waitsFor, storesAway } = await alice.read("status", {});
    expect({ pending, waiting, waitsFor, storesAway }).toMatchObject({
      pending: 0,
      waiting: { receipts: 0, changes: 0 },
    });
    expect(waitsFor ?? storesAway).toBeUndefined();
    expect(archive).toMatchObject({ unread: 0, state: "left" });
    const conversation = archive?.id ?? "";
    await alice.engine.markRead({ conversation, upTo: Number.MAX_SAFE_INTEGER });
    for (const work of [
      alice.engine.sendText({ conversation, text: "To nobody" }),
      alice.engine.addToGroup({ conversation, contacts: [] }),
      alice.engine.changeGroup({ conversation, name: "Mine" }),
      alice.engine.leaveGroup({ conversation }),
      alice.engine.foundSuccessorGroup({ conversation, without: [] }),
    ])
      await expect(work).rejects.toMatchObject({ code: "not_in_group" });
    await world.clock.advance(2 * 3_600_000);
    await alice.restart();
    expect((await alice.read("status", {})).pending).toBe(0);
    expect(await linesIn(conversation)).toHaveLength(7);
    await alice.engine.deleteConversation({ conversation });
    expect(await archives()).toEqual([]);
  });

  test("makes nobody a contact, trusted, blocked or renamed", async () => {
    const { contact } = await alice.conversationWith("Bob");
    const before = await alice.read("contacts", {});
    const line = (id: string, givenName: string) =>
      JSON.stringify({ id, ownName: "X", givenName, trust: 3, conversation: SOURCE, pairedAt: AT, blocked: true });
    const contacts = [line(STRANGER, "Friend"), line(contact, "\u202eboB"), line(contact, "Bob")];
    const named = await alice.engine.importNames({ file: fileOf(STRANGER), contacts, write: true });
    expect(named).toEqual({ file: { madeAt: AT, profile: { id: STRANGER, name: "Mallory" } }, names: [] });
    expect(await alice.read("contacts", {})).toEqual(before);
  });

  test("of a later version is refused as such, and one that is none as malformed; nothing of a page stays", async () => {
    const newer = { code: "export_newer" };
    const none = { code: "export_malformed" };
    await expect(take(alice.engine, [], { file: fileOf(STRANGER, 2) })).rejects.toMatchObject(newer);
    await expect(take(alice.engine, [], { file: "{}" })).rejects.toMatchObject(none);
    await expect(take(alice.engine, [], { conversation: "[]" })).rejects.toMatchObject(none);
    await expect(take(alice.engine, [messageLine(), messageLine({ at: -1 })])).rejects.toMatchObject(none);
    expect(await archives()).toEqual([]);
  });

  test("an archive in a profile that has talked to nobody is no conversation with anybody", async () => {
    const carol = await world.person("Carol");
    await take(carol.engine, [messageLine()]);
    await carol.restart();
    await world.clock.advance(60_000);
    expect((await carol.read("status", {})).connection.state).toBe("online");
    expect((await carol.read("status", {})).storesAway).toBeUndefined();
    await carol.engine.close();
    expect(await rowsOf(carol.disk, "SELECT store, kind, state, active_order FROM conversations")).toEqual([
      { store: "", kind: "group", state: "left", active_order: 0 },
    ]);
  });
});

const selfOf = async (person: Person) => {
  const { profile } = await person.read("status", {});
  if (profile === undefined) throw new Error("no profile");
  return profile;
};

describe("the lines of a file", () => {
  const text = { kind: "text", text: "x" };
  test.each([
    ["no text", { body: { kind: "text", text: " \n" } }],
    ["a text that is too long", { body: { kind: "text", text: "x".repeat(65_537) } }],
    ["a body without a kind", { body: { text: "x" } }],
    ["a body that is none", { body: [] }],
    ["an id of another form", { id: "../../x", body: text }],
    ["an id that is too long", { id: "a".repeat(129), body: text }],
    ["an author that is none", { from: "Alice", body: text }],
    ["a time before all", { at: -1, body: text }],
    ["a time that no calendar has", { at: 8.64e15, body: text }],
    ["a time that is no number", { at: "1", body: text }],
    ["a state that there is not", { state: "__proto__", body: text }],
    ["a mark of another form", { mark: "zz", body: text }],
    ["a gap without a number", { body: { kind: "gap", count: Number.NaN } }],
    ["a change of nothing", { body: { kind: "change", change: null } }],
    ["people who are no list", { body: { kind: "change", change: { what: "added", who: {} } } }],
    ["somebody without an id", { body: { kind: "change", change: { what: "removed", who: [{ name: "x" }] } } }],
    ["a role that there is not", { body: { kind: "change", change: { what: "role", who: { id: ID }, role: "god" } } }],
    ["a rule that there is not", { body: { kind: "change", change: { what: "whoAdds", value: "all" } } }],
    ["a timer beyond all", { body: { kind: "change", change: { what: "timer", seconds: 1e12 } } }],
    ["a change without a name", { body: { kind: "change", change: { what: 7 } } }],
  ])("%s is refused", (_, more) => {
    expect(parseMessage(messageLine(more))).toBeUndefined();
  });

  test("what Pli noted of its own work is passed over, and what only a later version says", () => {
    for (const kind of ["constructor", "__proto__", "poll"])
      expect(parseMessage(messageLine({ body: { kind } }))).toBe("passed");
    expect(parseMessage(messageLine({ body: { kind: "change", change: { what: "toString" } } }))).toBe("passed");
    for (const what of ["forkRepaired", "ignored", "unopened", "notRemoved", "dropped"])
      expect(parseMessage(messageLine({ body: { kind: "change", change: { what } } }))).toBe("passed");
  });

  test("a name that turns, hides or controls is a piece of the id instead, wherever it stands", () => {
    for (const name of ["\u001b[2J", "a\nb", "\u202eecila", "\u200b", "", 7, null, "x".repeat(65)]) {
      expect(parseMessage(messageLine({ name }))).toMatchObject({ name: "5e5e5e5e" });
      expect(parseConversation(conversationLine({ name }))).toMatchObject({ name: "c0c0c0c0" });
      const change = { what: "added", who: [{ id: ID, name }] };
      expect(parseBody({ kind: "change", change })).toEqual({
        kind: "change",
        change: { what: "added", who: [{ id: ID, name: "d0d0d0d0" }] },
      });
    }
    expect(parseBody({ kind: "renamed", from: "a\nb", to: "Léa" })).toEqual({ kind: "renamed", from: "?", to: "Léa" });
  });

  test("any JSON, and any nesting, gives a value or undefined", () => {
    const parsers = [parseHeader, parseContact, parseConversation, parseMessage];
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        for (const parse of parsers) parse(line);
        expect(parseMessage(messageLine({ body: tryJson(line) }))).not.toBe(null);
      }),
      { numRuns: propertyRuns(300) },
    );
    for (const parse of parsers) expect(parse("[".repeat(1_000_000))).toBeUndefined();
  });
});

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
