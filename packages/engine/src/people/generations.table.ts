/**
 * The table `generations`: the highest generation of keys that was seen of each person, contacts
 * and members of groups alike. Who is not in it has keys of generation 0.
 */
import type { Tx } from "../runtime/context.ts";
import { numberIn } from "../runtime/storage/row.ts";

export async function findGeneration(tx: Tx, profile: string): Promise<number> {
  const [row] = await tx.sql.all("SELECT generation FROM generations WHERE profile = ?", [profile]);
  return row === undefined ? 0 : numberIn(row, "generation");
}

export async function saveGeneration(tx: Tx, profile: string, generation: number): Promise<void> {
  await tx.sql.run(
    `INSERT INTO generations (profile, generation) VALUES (?, ?)
     ON CONFLICT (profile) DO UPDATE SET generation = excluded.generation`,
    [profile, generation],
  );
  tx.changed("contacts");
}
