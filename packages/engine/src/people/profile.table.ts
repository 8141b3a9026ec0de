/** The table `profile`: the one person of this device, in its one row. Secret. */
import type { Tx } from "../runtime/context.ts";
import { bytesIn, maybeBytesIn, numberIn } from "../runtime/storage/row.ts";

/** The profile as it is kept: each part encoded. */
export interface KeptProfile {
  readonly identity: Uint8Array;
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  readonly devicePublic: Uint8Array;
  readonly deviceSecret: Uint8Array;
  readonly createdAt: number;
  /** The secret of backups of this generation. */
  readonly backup: Uint8Array;
}

export async function findKeptProfile(tx: Tx): Promise<KeptProfile | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM profile");
  return (
    row && {
      identity: bytesIn(row, "identity"),
      card: bytesIn(row, "card"),
      certificate: bytesIn(row, "certificate"),
      devicePublic: bytesIn(row, "device_public"),
      deviceSecret: bytesIn(row, "device_secret"),
      createdAt: numberIn(row, "created_at"),
      backup: bytesIn(row, "backup"),
    }
  );
}

/** `recovery`: the secret that all keys come from, until its words are confirmed. */
export async function insertProfile(tx: Tx, fresh: KeptProfile, recovery: Uint8Array | undefined): Promise<void> {
  const { identity, card, certificate, devicePublic, deviceSecret, createdAt, backup } = fresh;
  const row = [identity, card, certificate, devicePublic, deviceSecret, createdAt, backup, recovery ?? null];
  await tx.sql.run(
    `INSERT INTO profile (id, identity, card, certificate, device_public, device_secret, created_at, backup, recovery)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row,
  );
  tx.changed("status");
}

/** Keys of a later generation: those that were are overwritten. */
export async function replaceKeys(
  tx: Tx,
  { identity, card, certificate, backup }: Pick<KeptProfile, "identity" | "card" | "certificate" | "backup">,
): Promise<void> {
  const row = [identity, card, certificate, backup];
  await tx.sql.run("UPDATE profile SET identity = ?, card = ?, certificate = ?, backup = ?", row);
  tx.changed("status");
}

/** The secret that all keys come from, as long as nobody has confirmed its words. */
export async function findRecovery(tx: Tx): Promise<Uint8Array | undefined> {
  const [row] = await tx.sql.all("SELECT recovery FROM profile");
  return row === undefined ? undefined : maybeBytesIn(row, "recovery");
}

/** What it stood in is overwritten: the database has `secure_delete`. */
export async function eraseRecovery(tx: Tx): Promise<void> {
  await tx.sql.run("UPDATE profile SET recovery = NULL");
  tx.changed("recovery");
}

export async function saveOwnCard(tx: Tx, card: Uint8Array): Promise<void> {
  await tx.sql.run("UPDATE profile SET card = ?", [card]);
  tx.changed("status");
}

export async function saveOwnCertificate(tx: Tx, certificate: Uint8Array): Promise<void> {
  await tx.sql.run("UPDATE profile SET certificate = ?", [certificate]);
  tx.changed("status");
}
