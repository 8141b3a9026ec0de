import type { MessageView } from "@pli/engine/api";
import { createWorld, openTestDatabase, pair, writeLongHistory, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { importAll } from "../src/index.ts";
import { exported, sourceFrom } from "./support/memory-file.ts";

/** Alice and Bob have talked, and are in a group. */
async function talked(): Promise<{ world: World; alice: Person; bob: Person }> {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.createGroup({ name: "Choir", contacts: [contact] });
  await world.until(
    async () => (await bob.read("conversations", {})).some(({ name }) => name === "Choir"),
    "the group",
  );
  await alice.say("Bob", "Hello *Bob*");
  await world.until(async () => (await bob.heard("Alice")).length > 0, "the text");
  await bob.say("Alice", "Bonjour\n“Alice” \u{1f98a}");
  await bob.say("Choir", "To all");
  await world.until(async () => (await alice.heard("Choir")).length > 0, "the text to all");
  await world.until(async () => (await alice.heard("Bob")).length > 0, "the answer");
  return { world, alice, bob };
}

const archivesOf = async (person: Person) =>
  (await person.read("conversations", {})).filter(({ archive }) => archive !== undefined);

const textsIn = (messages: readonly MessageView[]): string[] =>
  messages.flatMap(({ fromName, body }) => (body.kind === "text" ? [`${fromName}: ${body.text}`] : []));

const messagesOf = async (person: Person, conversation: string): Promise<MessageView[]> =>
  (await person.read("messages", { conversation, limit: 1_000 })).messages;

describe("an export taken into another profile", () => {
  test("says first what it would add, and adds it as archives that can be read, found and deleted", async () => {
    const { world, alice, bob } = await talked();
    const { bytes, passphrase, said } = await exported(alice.engine);
    const total = (await alice.read("storage", {})).messages;
    expect(said).toMatchObject({ contacts: 1, conversations: 2, messages: total, leftOut: 0, bytes: bytes.length });
    const carol = await world.person("Carol");
    const source = sourceFrom(bytes);
    const wouldAdd = await importAll(carol.engine, source, { passphrase, mode: "count" });
    expect(wouldAdd).toMatchObject({ messages: total, conversations: 2, here: 0, passed: 0, names: [] });
    expect(wouldAdd.file.profile.name).toBe("Alice");
    expect(await carol.read("conversations", {})).toEqual([]);
    expect(await importAll(carol.engine, source, { passphrase, mode: "add" })).toEqual(wouldAdd);
    const archives = await archivesOf(carol);
    expect(archives.map(({ name }) => name).toSorted()).toEqual(["Bob", "Choir"]);
    for (const archive of archives)
      expect(archive).toMatchObject({
        level: 1,
        writable: false,
        unread: 0,
        state: "left",
        archive: { ofSelf: false },
      });
    const withBob = archives.find(({ name }) => name === "Bob");
    const messages = await messagesOf(carol, withBob?.id ?? "");
    expect(textsIn(messages)).toEqual(["Alice: Hello *Bob*", "Bob: Bonjour\n“Alice” \u{1f98a}"]);
    expect(messages.map(({ sentAt, body }) => ({ sentAt, body }))).toEqual(
      (await alice.messages("Bob")).map(({ sentAt, body }) => ({ sentAt, body })),
    );
    const [hit] = await carol.engine.search({ text: "bonjour", limit: 10 });
    expect(hit).toMatchObject({ conversationName: "Bob", message: { fromName: "Bob" } });
    await carol.restart();
    await carol.engine.deleteConversation({ conversation: withBob?.id ?? "" });
    expect((await archivesOf(carol)).map(({ name }) => name)).toEqual(["Choir"]);
    expect(await carol.engine.search({ text: "bonjour", limit: 10 })).toEqual([]);
    await Promise.all([alice, bob, carol].map(({ engine }) => engine.close()));
  });

  test("twice, or over the profile that made it, adds nothing", async () => {
    const { world, alice, bob } = await talked();
    const { bytes, passphrase, said } = await exported(alice.engine);
    const again = { messages: 0, conversations: 0, here: said.messages };
    expect(await importAll(alice.engine, sourceFrom(bytes), { passphrase, mode: "add" })).toMatchObject(again);
    expect(await archivesOf(alice)).toEqual([]);
    const carol = await world.person("Carol");
    await importAll(carol.engine, sourceFrom(bytes), { passphrase, mode: "add" });
    const before = await carol.read("conversations", {});
    expect(await importAll(carol.engine, sourceFrom(bytes), { passphrase, mode: "add" })).toMatchObject(again);
    expect(await carol.read("conversations", {})).toEqual(before);
    const second = await exported(carol.engine);
    const dave = await world.person("Dave");
    await importAll(dave.engine, sourceFrom(bytes), { passphrase, mode: "add" });
    const chained = { passphrase: second.passphrase, mode: "add" } as const;
    expect(await importAll(dave.engine, sourceFrom(second.bytes), chained)).toMatchObject(again);
    await Promise.all([alice, bob, carol, dave].map(({ engine }) => engine.close()));
  });

  test("brings back what this device lost, in an archive beside the living conversation", async () => {
    const { alice, bob, world } = await talked();
    const { bytes, passphrase } = await exported(alice.engine);
    await alice.say("Bob", "Later");
    const conversation = await alice.conversationWith("Bob");
    const texts = (await alice.messages("Bob")).filter(({ body }) => body.kind === "text");
    // This person erases one; the other is lost behind the engine's back.
    await alice.engine.forgetMessage({ message: texts[0]?.id ?? "" });
    await alice.engine.close();
    const database = await openTestDatabase(alice.disk);
    await database.transaction((sql) => sql.run("DELETE FROM messages WHERE id = ?", [texts[1]?.id ?? ""]));
    await database.close();
    await alice.start(alice.disk);
    const outcome = await importAll(alice.engine, sourceFrom(bytes), { passphrase, mode: "add" });
    expect(outcome).toMatchObject({ messages: 1, conversations: 1, passed: 1 });
    const [archive] = await archivesOf(alice);
    expect(archive).toMatchObject({ name: "Bob", archive: { ofSelf: true } });
    expect(textsIn(await messagesOf(alice, archive?.id ?? ""))).toEqual(["Bob: Bonjour\n“Alice” \u{1f98a}"]);
    expect(textsIn(await messagesOf(alice, conversation.id))).toEqual(["Alice: Later"]);
    await alice.say("Bob", "Still there");
    await world.until(async () => (await bob.heard("Alice")).includes("Still there"), "a text after the import");
    await Promise.all([alice, bob].map(({ engine }) => engine.close()));
  });

  test("stopped by a full disk adds whole pages only, and done again adds the rest once", async () => {
    const world = createWorld();
    const [alice, carol] = [await world.person("Alice"), await world.person("Carol")];
    const { conversation } = await alice.engine.createGroup({ name: "Diary", contacts: [] });
    const count = 1_200;
    await alice.engine.close();
    await writeLongHistory(alice.disk, { conversation, author: "b0".repeat(32), count });
    await alice.start(alice.disk);
    const { bytes, passphrase, said } = await exported(alice.engine);
    const adding = { passphrase, mode: "add" } as const;
    let pages = 0;
    const engine = {
      ...carol.engine,
      importPage: async (p: Parameters<typeof carol.engine.importPage>[0]) => {
        pages += 1;
        if (pages === 2) carol.disk.folder.limit = 0;
        return carol.engine.importPage(p);
      },
    };
    await expect(importAll(engine, sourceFrom(bytes), adding)).rejects.toMatchObject({ code: "disk_full" });
    expect((await archivesOf(carol)).map(({ name }) => name)).toEqual(["Diary"]);
    const kept = (await carol.read("storage", {})).messages;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(said.messages);
    carol.disk.folder.limit = Number.MAX_SAFE_INTEGER;
    const rest = { messages: said.messages - kept, here: kept, conversations: 0 };
    expect(await importAll(carol.engine, sourceFrom(bytes), adding)).toMatchObject(rest);
    expect((await carol.read("storage", {})).messages).toBe(said.messages);
    const stopping = new AbortController();
    const stopped = importAll(carol.engine, sourceFrom(bytes), {
      ...adding,
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    await Promise.all([alice, carol].map(({ engine: one }) => one.close()));
  });

  test("leaves out what disappears, says how much, and never holds a key", async () => {
    const { alice, bob, world } = await talked();
    const group = await alice.conversationWith("Choir");
    await alice.engine.changeGroup({ conversation: group.id, timer: 3_600 });
    await world.until(async () => (await alice.conversationWith("Choir")).timer === 3_600, "the timer");
    await alice.say("Choir", "Gone in an hour");
    await world.clock.advance(5_000);
    const lines = await linesOf(alice);
    expect(lines.leftOut).toBe(1);
    const all = lines.all.join("\n");
    expect(all).not.toContain("Gone in an hour");
    expect(all).toContain("To all");
    await alice.engine.close();
    const database = await openTestDatabase(alice.disk);
    const secrets = await database.transaction(async (sql) => [
      ...(await sql.all("SELECT identity AS secret FROM profile")),
      ...(await sql.all("SELECT device_secret AS secret FROM profile")),
      ...(await sql.all("SELECT pairwise AS secret FROM contacts")),
      ...(await sql.all("SELECT shared AS secret FROM conversations")),
    ]);
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    for (const { secret } of secrets) {
      const bytes = Buffer.from(secret as Uint8Array);
      for (const form of [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")])
        expect(all).not.toContain(form);
    }
    await database.close();
    await bob.engine.close();
  });

  test("gives contacts the names of the file only when asked, and never over a name given here", async () => {
    const { alice, bob } = await talked();
    const { contact } = await alice.conversationWith("Bob");
    await alice.engine.nameContact({ contact, name: "Bobby" });
    const { bytes, passphrase } = await exported(alice.engine);
    await alice.engine.nameContact({ contact, name: "" });
    const source = sourceFrom(bytes);
    const name = async () => (await alice.read("contact", { id: contact }))?.name;
    const names = [{ contact, from: "Bob", to: "Bobby" }];
    expect(await importAll(alice.engine, source, { passphrase, mode: "count", names: true })).toMatchObject({ names });
    expect(await importAll(alice.engine, source, { passphrase, mode: "add" })).toMatchObject({ names });
    expect(await name()).toBe("Bob");
    await importAll(alice.engine, source, { passphrase, mode: "add", names: true });
    expect(await name()).toBe("Bobby");
    await alice.engine.nameContact({ contact, name: "Robert" });
    expect(await importAll(alice.engine, source, { passphrase, mode: "add", names: true })).toMatchObject({
      names: [],
    });
    expect(await name()).toBe("Robert");
    await Promise.all([alice, bob].map(({ engine }) => engine.close()));
  });
});

/** Everything that an export of this person would hold. */
async function linesOf({ engine }: Person): Promise<{ all: string[]; leftOut: number }> {
  const { header, upTo } = await engine.beginExport();
  const contacts = await engine.exportPage({ of: "contacts", upTo });
  const { lines } = await engine.exportPage({ of: "conversations", upTo });
  const all = [header, ...contacts.lines, ...lines];
  let leftOut = 0;
  for (const line of lines) {
    const { id: conversation } = JSON.parse(line) as { id: string };
    for (const of of ["members", "messages"] as const) {
      const page = await engine.exportPage({ of, conversation, upTo });
      all.push(...page.lines);
      leftOut += page.leftOut;
    }
  }
  return { all, leftOut };
}
