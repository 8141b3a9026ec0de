/** All devices are gone, and the words bring everything back (docs/protocol.md, section 8.3). */
import { expect, test } from "vitest";
import { agreed, heard, write } from "./support/groups.ts";
import { circle, empty, everythingIsBack } from "./support/recovery.ts";

test("identity, contacts, trust and groups are back by the words alone, and a contact's message arrives", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const before = await alice.read("contacts", {});
  const { id } = (await alice.read("status", {})).profile ?? { id: "" };
  await alice.engine.close();
  await bob.say("Alice", "are you there?");
  await world.clock.advance(86_400_000);

  const again = await empty(world);
  expect(await again.engine.restoreRecovery({ words: words.toUpperCase(), stolen: false })).toMatchObject({
    name: "Alice",
    contacts: 2,
    groups: 1,
  });
  expect((await again.read("status", {})).profile).toMatchObject({ id, name: "Alice" });
  const after = await again.read("contacts", {});
  const known = ({ id: whose, name, level, blocked }: (typeof before)[number]) => ({ whose, name, level, blocked });
  expect(after.map(known)).toEqual(before.map(known));
  await everythingIsBack(world, again);
  await world.until(async () => (await again.heard("Bob")).includes("are you there?"), "what Bob wrote");
  await bob.say("Alice", "good to see you");
  await world.until(async () => (await again.heard("Bob")).includes("good to see you"), "the next text");
  await write(carol, "to all");
  await heard(world, [again, bob], ["to all"]);
  await write(again, "back");
  await heard(world, [bob, carol], ["back"]);
  await agreed(world, [again, bob, carol]);
  const notes = (await bob.messages("Alice")).map(({ body }) => body.kind).filter((kind) => kind !== "text");
  expect(notes).toEqual(["paired", "rejoined"]);
});
