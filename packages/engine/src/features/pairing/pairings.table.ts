/** The table `pairings`: those that are under way, and the last that have ended. */
import { encodePairing, parsePairing, type PairingState, type Purpose } from "@pli/protocol/pairing";
import type { PairingView, StoreAway } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { PAIRING, type KeptView, type PairingRow } from "./pairing-row.ts";

/** How many of those that came to nothing are kept to be looked at, and how long. */
const ENDED_KEPT = 50;
const ENDED_KEPT_MS = 30 * 86_400_000;

export async function insertPairing(tx: Tx, row: PairingRow): Promise<void> {
  await tx.sql.run(
    "INSERT INTO pairings (id, role, store, state, view, created_at, open) VALUES (?, ?, ?, ?, ?, ?, 1)",
    [row.id, row.role, row.store, encodePairing(row.state), JSON.stringify(row.view), row.view.createdAt],
  );
  tx.changed("pairings");
}

/** Saves a step. Of one that has ended nothing secret stays. */
export async function savePairing(tx: Tx, row: PairingRow, state: PairingState): Promise<void> {
  const ended = state.phase === "ended";
  if (ended) delete row.view.link;
  await tx.sql.run(
    `UPDATE pairings SET state = ?, view = ?, key_package = ?, key_package_secret = ?, group_state = ?, open = ?
     WHERE id = ?`,
    [
      encodePairing(state),
      JSON.stringify(row.view),
      (ended ? undefined : row.keyPackage) ?? null,
      (ended ? undefined : row.keyPackageSecret) ?? null,
      (ended ? undefined : row.groupState) ?? null,
      ended ? 0 : 1,
      row.id,
    ],
  );
  tx.changed("pairings");
}

/** Rejects with `pairing_unknown`. */
export async function getPairing(tx: Tx, id: string): Promise<PairingRow> {
  const row = await findPairing(tx, id);
  if (row === undefined) throw new PliError("pairing_unknown");
  return row;
}

export async function findPairing(tx: Tx, id: string): Promise<PairingRow | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM pairings WHERE id = ?", [id]);
  return row === undefined ? undefined : pairingFromRow(row);
}

export async function listOpenPairings(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT id FROM pairings WHERE open = 1")).map((row) => textIn(row, "id"));
}

/** The newest pairing of the invitation with this mark, one's own or not, if there is one. */
export async function findPairingByMark(tx: Tx, mark: string): Promise<KeptView | undefined> {
  const rows = await tx.sql.all("SELECT view FROM pairings ORDER BY created_at DESC");
  return rows.map((row) => viewFrom(row)).find((view) => view.mark === mark);
}

/** By which this device becomes one of somebody's own, while it is under way. */
export async function findOwnLink(tx: Tx): Promise<KeptView | undefined> {
  const rows = await tx.sql.all("SELECT view FROM pairings ORDER BY created_at DESC");
  return rows
    .map((row) => viewFrom(row))
    .find(
      ({ purpose, role, step }) => purpose === "device" && role === "inviter" && step !== "failed" && step !== "paired",
    );
}

/** One that has ended is forgotten; one that is under way stays. */
export async function deletePairing(tx: Tx, id: string): Promise<void> {
  await tx.sql.run("DELETE FROM pairings WHERE id = ? AND open = 0", [id]);
  tx.changed("pairings");
}

/** Of what has ended only the newest stays, and not for ever. */
export async function deleteOldPairings(tx: Tx, now: number): Promise<void> {
  const rows = await tx.sql.all("SELECT id, view, created_at FROM pairings WHERE open = 0");
  const ended = rows
    .map((row) => ({ id: textIn(row, "id"), at: viewFrom(row).endedAt ?? numberIn(row, "created_at") }))
    .toSorted((a, b) => b.at - a.at);
  for (const [i, { id, at }] of ended.entries()) {
    if (i >= ENDED_KEPT || Math.abs(now - at) > ENDED_KEPT_MS) await deletePairing(tx, id);
  }
}

function pairingFromRow(row: SqlRow): PairingRow {
  const state = parsePairing(bytesIn(row, "state"));
  if (!state.ok) return damaged("pairing");
  return {
    id: textIn(row, "id"),
    role: textIn(row, "role") === "inviter" ? "inviter" : "responder",
    store: textIn(row, "store"),
    state: state.value,
    view: viewFrom(row),
    keyPackage: maybeBytesIn(row, "key_package"),
    keyPackageSecret: maybeBytesIn(row, "key_package_secret"),
    groupState: maybeBytesIn(row, "group_state"),
  };
}

/** The stores of pairings that are under way. */
export async function listPairingStores(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT DISTINCT store FROM pairings WHERE open = 1")).map((row) => textIn(row, "store"));
}

export async function hasOpenPairingAt(tx: Tx, store: string): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM pairings WHERE store = ? AND open = 1 LIMIT 1", [store])).length > 0;
}

export async function movePairings(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE pairings SET store = ? WHERE store = ?", [to, from]);
}

/** Whether a pairing that founded this conversation has yet to write something. */
export async function isPairingOnItsWay(tx: Tx, conversation: string): Promise<boolean> {
  const rows = await tx.sql.all(
    `SELECT 1 FROM send_queue q CROSS JOIN pairings p ON q.stream = '${PAIRING} ' || p.id
     WHERE q.stream LIKE '${PAIRING} %' AND json_extract(p.view, '$.conversation') = ? LIMIT 1`,
    [conversation],
  );
  return rows.length > 0;
}

/** Pairings, and whether what their link leads to has yet to be stored. */
const PAIRINGS = `SELECT *, EXISTS (SELECT 1 FROM send_queue WHERE stream = '${PAIRING} ' || pairings.id AND reference = 'bundle')
  AS leads_nowhere FROM pairings`;

/** The store at an address, while it does not answer. */
type Away = (store: string) => StoreAway | undefined;

export async function findPairingView(tx: Tx, id: string, away: Away): Promise<PairingView | undefined> {
  const [row] = await tx.sql.all(`${PAIRINGS} WHERE id = ?`, [id]);
  return row === undefined ? undefined : pairingViewFromRow(row, away);
}

/**
 * Exchanges for this purpose that are under way, and those that came to nothing and were not put
 * away; newest first.
 */
export async function listPairingViews(tx: Tx, purpose: Purpose, away: Away): Promise<PairingView[]> {
  const rows = await tx.sql.all(`${PAIRINGS} ORDER BY created_at DESC`);
  const views = rows.map((row) => pairingViewFromRow(row, away));
  return views.filter((view) => view.purpose === purpose && view.step !== "paired");
}

/**
 * What people see of a pairing. The link is shown only to its inviter, and only while it can be
 * used.
 */
function pairingViewFromRow(row: SqlRow, away: Away): PairingView {
  const { link, mark: _mark, ...view } = viewFrom(row);
  const isOver = row["open"] === 0;
  const isUseful = link !== undefined && view.role === "inviter" && !isOver && row["leads_nowhere"] === 0;
  const waitsFor = isOver ? undefined : away(textIn(row, "store"));
  return { ...view, ...(isUseful && { link }), ...(waitsFor !== undefined && { waitsFor }) };
}

/** Before names and marks were kept there were none, and all were for people. */
function viewFrom(row: SqlRow): KeptView {
  const view = JSON.parse(textIn(row, "view")) as Omit<KeptView, "name" | "mark" | "purpose"> & Partial<KeptView>;
  return { ...view, purpose: view.purpose ?? "person", name: view.name ?? "", mark: view.mark ?? "" };
}
