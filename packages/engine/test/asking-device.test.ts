/**
 * One of several devices of a person asks about a group: the answer is for it, and its others pass
 * it over (docs/protocol.md, section 8.4).
 */
import { createCrypto, toHex } from "@pli/protocol/crypto";
import { parseContent } from "@pli/protocol/content";
import type { GroupEngine } from "@pli/protocol/conversation";
import { copyDisk, createWorld, pair, type Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, rowsOf } from "./support/friends.ts";
import { foundGroup, groupOf } from "./support/groups.ts";
import { controlFrom } from "./support/hostile.ts";
import { createPuppet } from "./support/puppet.ts";
import { choir, HOUR, ownerStays, sharedIn } from "./support/one-view.ts";

const REFUSED = "group-rejoin-refused";

test("refusals to a device that was removed do not make the person's other devices ask, let alone leave", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, alice, mallory, hostile, person } = all;
  const conversation = sharedIn(all);
  let asked = 0;
  hostile.asked = () => (asked += 1);
  const removed = all.crypto.random(16);
  for (const one of [person("Bob"), person("Carol"), mallory])
    await all.tell(one, "Alice", { name: REFUSED, conversation, asker: removed });
  const answer = { name: "group-rejoin-answer", conversation, standing: 1, place: null } as const;
  await all.tell(mallory, "Alice", { ...answer, leaf: new Uint8Array(0), asker: removed });
  await world.clock.advance(HOUR);
  expect(asked).toBe(0);
  expect((await groupOf(alice))?.state).toBe("ready");
  // The same that names nobody is looked into.
  await all.tell(mallory, "Alice", { name: REFUSED, conversation });
  await world.until(async () => asked > 0, "the question");
  await ownerStays(all);
});

test("of two devices that ask at the same moment each gets an answer that names it", async () => {
  const world = createWorld();
  const crypto = await createCrypto();
  const puppets = { alice: createPuppet(crypto), phone: createPuppet(crypto) };
  const heard = { alice: new Set<string>(), phone: new Set<string>() };
  const alice = await world.person("Alice", {}, { groups: listening(puppets.alice.groups, heard.alice) });
  const bob = await world.person("Bob");
  await pair(world, alice, bob);
  await foundGroup(world, [alice, bob], "Club");
  const groups = listening(puppets.phone.groups, heard.phone);
  const phone = await linkDevice(world, alice, "Telephone", {}, { groups });
  await settleIn(world, alice, phone);
  const conversation = await sharedOf(alice);
  const asks = { name: "group-rejoin", conversation, place: null, keyPackage: new Uint8Array(0) } as const;
  await Promise.all([puppets.alice.tell(alice, "Bob", [asks]), puppets.phone.tell(phone, "Bob", [asks])]);
  const both = [await idOf(alice), await idOf(phone)].toSorted();
  await world.until(async () => heard.alice.size === 2 && heard.phone.size === 2, "both answers on both", 20_000);
  for (const names of [heard.alice, heard.phone]) expect([...names].toSorted()).toEqual(both);
  for (const one of [alice, phone]) expect((await groupOf(one))?.state).toBe("ready");
  await closeAll(alice, phone, bob);
});

/** An MLS that notes for which devices the answers are that it decrypts. */
function listening(real: GroupEngine, names: Set<string>): GroupEngine {
  return {
    ...real,
    decrypt: async (state, message, p) => {
      const opened = await real.decrypt(state, message, p);
      const content = opened.ok ? parseContent(opened.value.content) : undefined;
      const said = content?.ok === true ? controlFrom(content.value.body) : undefined;
      if (said?.name === "group-rejoin-answer" && said.asker !== undefined) names.add(toHex(said.asker));
      return opened;
    },
  };
}

const idOf = async (person: Person): Promise<string> =>
  (await person.read("devices", {})).find(({ isThis }) => isThis)?.id ?? "";

/** The group's id, as all its members know it. */
async function sharedOf(person: Person): Promise<Uint8Array> {
  const disk = copyDisk(person.disk);
  const [row] = await rowsOf(disk, "SELECT shared FROM conversations WHERE kind = 'group'");
  return row?.["shared"] as Uint8Array;
}
