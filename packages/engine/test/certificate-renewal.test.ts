/** Certificates of devices end after two years, and are renewed long before (section 6.1). */
import { createCrypto } from "@pli/protocol/crypto";
import { createDeviceCertificate, parseCard, parseDeviceCertificate, parseIdentity } from "@pli/protocol/identity";
import { openTestDatabase, type Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { closeAll, rowsOf } from "./support/friends.ts";
import { groupOf, textsIn, write } from "./support/groups.ts";
import { circle } from "./support/recovery.ts";

const crypto = await createCrypto();
const DAY = 86_400;

/** The device's certificate ends `days` from now. */
async function endIn(person: Person, now: number, days: number): Promise<void> {
  await person.engine.close();
  const database = await openTestDatabase(person.disk);
  await database.transaction(async (sql) => {
    const [row] = await sql.all("SELECT identity, card, certificate FROM profile");
    const identity = parseIdentity(crypto, row?.["identity"] as Uint8Array);
    const card = parseCard(crypto, row?.["card"] as Uint8Array);
    if (!identity.ok || !card.ok) throw new Error("no profile");
    const certificate = parseDeviceCertificate(crypto, row?.["certificate"] as Uint8Array, card.value);
    if (!certificate.ok) throw new Error("no certificate");
    const { deviceKey, deviceId, notBefore } = certificate.value;
    const ends = { deviceKey, deviceId, notBefore, notAfter: now + days * DAY };
    await sql.run("UPDATE profile SET certificate = ?", [createDeviceCertificate(crypto, identity.value, ends).bytes]);
  });
  await database.close();
}

const epochsOf = async (person: Person): Promise<number[]> => {
  const rows = await rowsOf(person.disk, "SELECT max(number) AS n FROM epochs GROUP BY conversation ORDER BY n");
  return rows.map((row) => Number(row["n"]));
};

test("a certificate that ends within half a year is renewed by a commit in each conversation, and all talk on", async () => {
  const { world, alice, bob, carol } = await circle();
  await world.clock.advance(3 * DAY * 1000);
  await endIn(alice, world.clock.now() / 1000, 180);
  const before = await epochsOf(alice);
  await alice.start(alice.disk);
  await world.clock.advance(60_000);
  await alice.engine.close();
  for (const [at, number] of (await epochsOf(alice)).entries()) expect(number).toBeGreaterThan(before[at] ?? 0);
  const certificate = await rowsOf(alice.disk, "SELECT certificate FROM profile");
  await alice.start(alice.disk);
  await alice.say("Bob", "renewed");
  await write(alice, "to all");
  await world.until(
    async () => (await bob.heard("Alice")).includes("renewed") && (await textsIn(carol)).includes("to all"),
    "the texts",
  );
  expect((await groupOf(carol))?.members).toHaveLength(3);
  const kinds = (await bob.messages("Alice")).map(({ body }) => body.kind);
  expect(kinds).not.toContain("rejoined");
  expect(kinds).not.toContain("newKeys");
  await closeAll(alice, bob, carol);
  // Nothing is renewed twice.
  expect(await rowsOf(alice.disk, "SELECT certificate FROM profile")).toEqual(certificate);
});

test("one that is good for longer stays as it is, and one that has ended is made again", async () => {
  const { world, alice, bob, carol } = await circle();
  const now = () => world.clock.now() / 1000;
  await endIn(alice, now(), 200);
  const kept = await rowsOf(alice.disk, "SELECT certificate FROM profile");
  await alice.start(alice.disk);
  await world.clock.advance(60_000);
  await alice.engine.close();
  expect(await rowsOf(alice.disk, "SELECT certificate FROM profile")).toEqual(kept);
  await endIn(alice, now(), 0);
  await world.clock.advance(3 * DAY * 1000);
  await alice.start(alice.disk);
  await world.clock.advance(60_000);
  expect((await alice.read("status", {})).trouble).toBeUndefined();
  await alice.say("Bob", "still here");
  await world.until(async () => (await bob.heard("Alice")).includes("still here"), "the text");
  await closeAll(alice, bob, carol);
});
