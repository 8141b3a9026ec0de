/** A pairing as this device keeps it. */
import type { PairingState } from "@pli/protocol/pairing";
import type { PairingView } from "../../api/views.ts";

/** What people see of a pairing, and what its link is known by: nothing that could open it. */
export type KeptView = PairingView & { mark: string };

/** The reducer's state, what people see of it, and what MLS needs. Secret until it has ended. */
export interface PairingRow {
  readonly id: string;
  readonly role: "inviter" | "responder";
  readonly store: string;
  readonly state: PairingState;
  view: KeptView;
  keyPackage: Uint8Array | undefined;
  keyPackageSecret: Uint8Array | undefined;
  groupState: Uint8Array | undefined;
}

export function show(row: PairingRow, change: Partial<PairingView>): void {
  row.view = { ...row.view, ...change };
}

/** The streams of the send queue in which the objects of pairings leave. */
export const PAIRING = "pairing";
export const pairingStream = (id: string): string => `${PAIRING} ${id}`;
