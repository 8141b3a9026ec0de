import type { Tx } from "../context.ts";
import { bytesIn, textIn } from "./row.ts";

/** The saved states of reducers: bytes that only the codec of each reducer reads. */
export async function findReducerState(tx: Tx, reducer: string, id: string): Promise<Uint8Array | undefined> {
  const [row] = await tx.sql.all("SELECT state FROM reducer_states WHERE reducer = ? AND id = ?", [reducer, id]);
  return row === undefined ? undefined : bytesIn(row, "state");
}

export async function saveReducerState(tx: Tx, reducer: string, id: string, state: Uint8Array): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO reducer_states (reducer, id, state) VALUES (?, ?, ?)", [reducer, id, state]);
}

export async function deleteReducerState(tx: Tx, reducer: string, id: string): Promise<void> {
  await tx.sql.run("DELETE FROM reducer_states WHERE reducer = ? AND id = ?", [reducer, id]);
}

/** Of what this reducer keeps a state. */
export async function idsOfReducer(tx: Tx, reducer: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM reducer_states WHERE reducer = ? ORDER BY id", [reducer]);
  return rows.map((row) => textIn(row, "id"));
}

/** Everything that any reducer keeps under this id. */
export async function deleteReducerStatesOf(tx: Tx, id: string): Promise<void> {
  await tx.sql.run("DELETE FROM reducer_states WHERE id = ?", [id]);
}
