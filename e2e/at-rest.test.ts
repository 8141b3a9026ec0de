import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseInvitationLink } from "@pli/protocol/pairing";
import { createCrypto } from "@pli/protocol/crypto";
import { expect, test } from "vitest";
import { invite, whenTexts, type HomePerson } from "./lib/homes.ts";
import { pairOnStore } from "./lib/pair.ts";

test("neither a message, nor a name, nor a key stands in the files of a client's home", async () => {
  const { alice, bob } = await pairOnStore(["Alice-Quatremer", "Bob-Vandermeer"]);
  await alice.say("Rendez-vous-au-pont-Mirabeau");
  await whenTexts(bob, 1);
  const { link } = await invite(alice);
  const invitation = parseInvitationLink(await createCrypto(), link);
  if (!invitation.ok) throw new Error(invitation.error);
  const ids = [(await alice.api.read("contacts", {}))[0]?.id ?? "", (await bob.api.read("contacts", {}))[0]?.id ?? ""];
  for (const person of [alice, bob]) {
    const files = filesOf(person);
    expect(files.length).toBeGreaterThan(1);
    for (const { name, bytes } of files) {
      for (const text of ["Mirabeau", "Quatremer", "Vandermeer", "SQLite format 3", ...ids])
        expect([name, bytes.includes(text)]).toEqual([name, false]);
      for (const id of ids) expect([name, bytes.includes(Buffer.from(id, "hex"))]).toEqual([name, false]);
      expect([name, bytes.includes(Buffer.from(invitation.value.secret))]).toEqual([name, false]);
    }
  }
}, 60_000);

/**
 * The database and what stands beside it; the lock is an empty SQLite file, and the key file is the
 * key of the home.
 */
function filesOf(person: HomePerson): { name: string; bytes: Buffer }[] {
  return readdirSync(person.folder)
    .filter((name) => name.startsWith("pli.db"))
    .map((name) => ({ name, bytes: readFileSync(join(person.folder, name)) }));
}
