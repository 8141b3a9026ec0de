/**
 * A person's keys of the next generation, as only the holder of their recovery secret makes them.
 */
import {
  backupSecretFrom,
  createCard,
  createDeviceCertificate,
  encodeIdentity,
  identityFromRecovery,
  parseCard,
  parseDeviceCertificate,
  recoverySecretFrom,
} from "@pli/protocol/identity";
import { createCrypto } from "@pli/protocol/crypto";
import { openTestDatabase, type Person } from "@pli/testkit";

const crypto = await createCrypto();

/**
 * Gives a person's device the keys of the next generation. Its leaves take them over by commits.
 */
export async function succeed(person: Person): Promise<void> {
  await person.engine.close();
  const database = await openTestDatabase(person.disk);
  await database.transaction(async (sql) => {
    const [row] = await sql.all("SELECT recovery, card, certificate, device_public FROM profile");
    const secret = recoverySecretFrom(row?.["recovery"] as Uint8Array);
    const card = parseCard(crypto, row?.["card"] as Uint8Array);
    if (secret === undefined || !card.ok) throw new Error("no profile");
    const before = parseDeviceCertificate(crypto, row?.["certificate"] as Uint8Array, card.value);
    if (!before.ok) throw new Error("no certificate");
    const { generation, name, issuedAt } = card.value;
    const identity = identityFromRecovery(crypto, secret, generation + 1);
    const certificate = createDeviceCertificate(crypto, identity, {
      deviceKey: row?.["device_public"] as Uint8Array,
      deviceId: before.value.deviceId,
      notBefore: issuedAt - 86_400,
      notAfter: issuedAt + 2 * 365 * 86_400,
    });
    await sql.run("DELETE FROM meta WHERE key = 'device-list'");
    await sql.run("UPDATE profile SET identity = ?, card = ?, certificate = ?, backup = ?", [
      encodeIdentity(identity),
      createCard(crypto, identity, name, issuedAt).bytes,
      certificate.bytes,
      backupSecretFrom(crypto, secret, generation + 1),
    ]);
  });
  await database.close();
  await person.start(person.disk);
}
