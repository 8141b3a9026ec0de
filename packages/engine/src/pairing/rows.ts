import { encodePairing, parsePairing, type PairingState } from "@pli/protocol/pairing";
import type { PairingView } from "../api.ts";
import type { Unit } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { SqlRow } from "../ports.ts";
import { bytesIn, damaged, maybeBytesIn, textIn } from "../storage/row.ts";

/** A pairing as it is kept: the reducer's state, what people see of it, and what MLS needs. Secret until it has ended. */
export interface PairingRow {
  readonly id: string;
  readonly role: "inviter" | "responder";
  readonly store: string;
  readonly state: PairingState;
  view: PairingView;
  keyPackage: Uint8Array | undefined;
  keyPackageSecret: Uint8Array | undefined;
  groupState: Uint8Array | undefined;
}

export async function insertRow(unit: Unit, row: PairingRow): Promise<void> {
  await unit.sql.run(
    "INSERT INTO pairings (id, role, store, state, view, created_at, open) VALUES (?, ?, ?, ?, ?, ?, 1)",
    [row.id, row.role, row.store, encodePairing(row.state), JSON.stringify(row.view), row.view.createdAt],
  );
  unit.changed("pairings");
}

/** Saves a step. Of one that has ended nothing secret stays. */
export async function saveRow(unit: Unit, row: PairingRow, state: PairingState): Promise<void> {
  const ended = state.phase === "ended";
  if (ended) delete row.view.link;
  await unit.sql.run(
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
  unit.changed("pairings");
}

/** Rejects with `pairing_unknown`. */
export async function getRow(unit: Unit, id: string): Promise<PairingRow> {
  const row = await findRow(unit, id);
  if (row === undefined) throw new PliError("pairing_unknown");
  return row;
}

export async function findRow(unit: Unit, id: string): Promise<PairingRow | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM pairings WHERE id = ?", [id]);
  return row === undefined ? undefined : pairingFromRow(row);
}

export async function openIds(unit: Unit): Promise<string[]> {
  return (await unit.sql.all("SELECT id FROM pairings WHERE open = 1")).map((row) => textIn(row, "id"));
}

/** The open pairing that answers the invitation whose link ends like this, if there is one. */
export async function findByLink(unit: Unit, ending: string): Promise<string | undefined> {
  const rows = await unit.sql.all("SELECT id, view FROM pairings WHERE open = 1 AND role = 'responder'");
  const row = rows.find((candidate) => viewFrom(candidate).link?.endsWith(ending) === true);
  return row === undefined ? undefined : textIn(row, "id");
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

/** Pairings, and whether what their link leads to has yet to be stored. */
const PAIRINGS = `SELECT *, EXISTS (SELECT 1 FROM outbox WHERE purpose = 'pairing' AND reference = pairings.id || ' bundle')
  AS leads_nowhere FROM pairings`;

export async function findPairingView(unit: Unit, id: string): Promise<PairingView | undefined> {
  const [row] = await unit.sql.all(`${PAIRINGS} WHERE id = ?`, [id]);
  return row === undefined ? undefined : pairingViewFromRow(row);
}

/** Those that are open, newest first. */
export async function listPairingViews(unit: Unit): Promise<PairingView[]> {
  const rows = await unit.sql.all(`${PAIRINGS} WHERE open = 1 ORDER BY created_at DESC`);
  return rows.map(pairingViewFromRow);
}

/** What people see of a pairing: the link only while whoever has it can use it, and to the one who made it. */
function pairingViewFromRow(row: SqlRow): PairingView {
  const { link, ...view } = viewFrom(row);
  const isOver = view.step === "paired" || view.step === "failed";
  const isUseful = link !== undefined && view.role === "inviter" && !isOver && row["leads_nowhere"] === 0;
  return isUseful ? { ...view, link } : view;
}

function viewFrom(row: SqlRow): PairingView {
  return JSON.parse(textIn(row, "view")) as PairingView;
}

export function show(row: PairingRow, change: Partial<PairingView>): void {
  row.view = { ...row.view, ...change };
}
